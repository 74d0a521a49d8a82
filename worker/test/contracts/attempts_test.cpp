#include "contracts/attempts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace inference {
namespace {

using nlohmann::json;

TEST(Attempts, AreOneFlatObjectInTheResponse) {
    const Attempts attempts{
        .infer = 5, .retries = {.transient = 2, .timeout = 1, .oom = 0, .worker_lost = 1}
    };
    EXPECT_EQ(
        json(attempts).dump(), R"({"infer":5,"oom":0,"timeout":1,"transient":2,"worker_lost":1})"
    );
    EXPECT_EQ(json(attempts).get<Attempts>(), attempts);
}

TEST(RetryCounts, AreByClassInTheStatusAndLeaveOutWhatDidNotFail) {
    const RetryCounts retries{.transient = 2, .timeout = 0, .oom = 0, .worker_lost = 1};
    EXPECT_EQ(json(retries).dump(), R"({"Transient":2,"WorkerLost":1})");
    EXPECT_EQ(json(retries).get<RetryCounts>(), retries);
    EXPECT_EQ(json(RetryCounts{}).dump(), "{}");
    EXPECT_EQ(
        (json{{"OOM", 1}, {"Timeout", 1}}.get<RetryCounts>()), (RetryCounts{.timeout = 1, .oom = 1})
    );
}

}  // namespace
}  // namespace inference
