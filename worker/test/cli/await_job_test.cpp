#include "cli/await_job.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

TEST(ResponseText, IsTheContentWhereThereIsOneElseTheOutputInOneLine) {
    EXPECT_EQ(
        to_text({{"content", "Hello\nworld"}, {"output", {{"content", "Hello\nworld"}}}}),
        "Hello\nworld"
    );
    EXPECT_EQ(
        to_text({{"content", nullptr}, {"output", {{"scores", {0.5}}}}}), R"({"scores":[0.5]})"
    );
    EXPECT_EQ(to_text({{"output", {{"outputs", nlohmann::json::array()}}}}), R"({"outputs":[]})");
}

TEST(ResponseText, OfAForeignWorkflowIsItsResultAsItIs) {
    EXPECT_EQ(to_text({{"answer", 42}}), R"({"answer":42})");
    EXPECT_EQ(to_text(7), "7");
}

}  // namespace
}  // namespace inference::cli
