#include "cli/wait_time.hpp"

#include "cli/command_error.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;

TEST(WaitTime, TakesUnitsAndCountsSecondsWithoutOne) {
    EXPECT_EQ(parse_wait_time(""), std::nullopt);
    EXPECT_EQ(parse_wait_time("30s"), 30s);
    EXPECT_EQ(parse_wait_time("500ms"), 500ms);
    EXPECT_EQ(parse_wait_time("5m"), 5min);
    EXPECT_EQ(parse_wait_time("90"), 90s);
    EXPECT_EQ(parse_wait_time("0"), 0ms);
}

TEST(WaitTime, RefusesEverythingElse) {
    for (const char* text : {"soon", "1.5s", "-1s", "1 s", "99999999999999999999"}) {
        EXPECT_THROW(static_cast<void>(parse_wait_time(text)), CommandError) << text;
    }
}

}  // namespace
}  // namespace inference::cli
