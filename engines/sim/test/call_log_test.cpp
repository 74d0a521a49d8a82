#include "call_log.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace engine_sim {
namespace {

TEST(CallLog, EachLineIsInTheFileBeforeWriteReturns) {
    const auto file = std::filesystem::path(testing::TempDir()) / "engine_sim_call_log.jsonl";
    std::filesystem::remove(file);
    CallLog log(file);

    log.write({{"event", "received"}, {"request_id", "\xff not UTF-8"}});

    std::ifstream stream(file);
    std::string line;
    ASSERT_TRUE(std::getline(stream, line));
    EXPECT_EQ(nlohmann::json::parse(line)["event"], "received");
    std::filesystem::remove(file);
}

TEST(CallLog, RemembersTheNewestAndForgetsOnDemand) {
    CallLog log("");
    for (std::size_t i = 0; i < CallLog::kRemembered + 2; ++i) {
        log.write({{"call", i}});
    }

    EXPECT_EQ(log.recent().size(), CallLog::kRemembered);
    EXPECT_EQ(log.recent().front()["call"], 2);

    log.forget();
    EXPECT_TRUE(log.recent().empty());
}

TEST(CallLog, AFileThatCannotBeOpenedIsAnError) {
    EXPECT_THROW(CallLog("/no/such/folder/log"), std::runtime_error);
}

}  // namespace
}  // namespace engine_sim
