#include "contracts/timestamp.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace inference {
namespace {

using namespace std::chrono_literals;

Timestamp at(std::chrono::milliseconds since_1970) {
    return Timestamp(since_1970);
}

TEST(Timestamp, IsIso8601InUtcWithMilliseconds) {
    EXPECT_EQ(to_iso8601(at(0ms)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(at(1'709'210'096'007ms)), "2024-02-29T12:34:56.007Z");
    EXPECT_EQ(to_iso8601(at(-1ms)), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, IsReadWithAnyNumberOfDigitsOfTheSecond) {
    EXPECT_EQ(timestamp_from("2024-02-29T12:34:56Z"), at(1'709'210'096'000ms));
    EXPECT_EQ(timestamp_from("2024-02-29T12:34:56.5Z"), at(1'709'210'096'500ms));
    EXPECT_EQ(timestamp_from("2024-02-29T12:34:56.007999999Z"), at(1'709'210'096'007ms));
}

TEST(Timestamp, IsNotReadFromAnythingElse) {
    for (const auto* text :
         {"",
          "now",
          "2024-02-29",
          "2024-02-29 12:34:56Z",
          "2024-02-29T12:34:56",
          "2024-02-29T12:34:56+01:00",
          "2024-02-29T12:34:56.Z",
          "2024-02-29T12:34:56.0x1Z",
          "2023-02-29T12:34:56Z",
          "2024-13-01T00:00:00Z",
          "2024-02-29T24:00:00Z",
          "2024-02-29T12:60:00Z",
          "2024-02-29T12:34:60Z",
          "2024-02-29T12:34:56.123"}) {
        EXPECT_EQ(timestamp_from(text), std::nullopt) << text;
    }
}

RC_GTEST_PROP(Timestamp, ComesBackAsItWas, ()) {
    const auto time = at(std::chrono::milliseconds(
        *rc::gen::inRange<std::int64_t>(-62'167'219'200'000, 253'402'300'800'000)
    ));
    RC_ASSERT(timestamp_from(to_iso8601(time)) == time);
}

}  // namespace
}  // namespace inference
