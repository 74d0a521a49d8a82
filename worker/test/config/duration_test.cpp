#include "config/duration.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace inference {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsAWholeNumberAndAUnit) {
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("280s"), 280s);
    EXPECT_EQ(parse_duration("10m"), 10min);
    EXPECT_EQ(parse_duration("2h"), 2h);
    EXPECT_EQ(parse_duration("7d"), std::chrono::days(7));
    EXPECT_EQ(parse_duration("0"), 0ms);
    EXPECT_EQ(parse_duration("0s"), 0ms);
}

TEST(Duration, IsNothingElse) {
    for (const auto* text :
         {"",
          "280",
          "s",
          "1.5s",
          "-1s",
          "+1s",
          " 1s",
          "1 s",
          "1s ",
          "1S",
          "1w",
          "1m30s",
          "9999999999h",
          "99999999999999999999s",
          "0x10s"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << "'" << text << "'";
    }
}

}  // namespace
}  // namespace inference
