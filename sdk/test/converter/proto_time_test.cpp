#include "converter/proto_time.hpp"

#include "converter/proto_retry_policy.hpp"
#include "converter/rfc3339.hpp"
#include "temporal/retry_policy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace temporal::proto {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using std::chrono::system_clock;

RC_GTEST_PROP(ProtoTime, DurationsComeBackAsTheyWere, (std::int32_t seconds, std::int32_t nanos)) {
    const nanoseconds duration = std::chrono::seconds{seconds} + nanoseconds{nanos};
    google::protobuf::Duration message;

    encode_duration(duration, message);

    RC_ASSERT(to_duration(message) == duration);
    RC_ASSERT(message.seconds() * message.nanos() >= 0);  // never of opposite signs
}

RC_GTEST_PROP(
    ProtoTime, PointsInTimeComeBackAsTheyWere, (std::int32_t seconds, std::int32_t nanos)
) {
    const system_clock::time_point time{std::chrono::seconds{seconds} + nanoseconds{nanos}};
    google::protobuf::Timestamp message;

    encode_time_point(time, message);

    RC_ASSERT(to_time_point(message) == time);
    RC_ASSERT(message.nanos() >= 0 && message.nanos() < 1'000'000'000);
}

TEST(ProtoTime, WhatIsTooLongForNanosecondsIsClamped) {
    google::protobuf::Duration message;
    message.set_seconds(315'576'000'000);  // protobuf's limit: 10,000 years
    message.set_nanos(999'999'999);

    EXPECT_GT(to_duration(message), std::chrono::hours{24 * 365 * 292});
    message.set_seconds(-315'576'000'000);
    EXPECT_LT(to_duration(message), -std::chrono::hours{24 * 365 * 292});
}

TEST(ProtoTime, AZeroTimeoutIsNone) {
    google::protobuf::Duration message;
    EXPECT_EQ(to_timeout(message), std::nullopt);
    message.set_nanos(1);
    EXPECT_EQ(to_timeout(message), 1ns);
}

TEST(ProtoTime, TimesAsTextAreInUtcAndReadWithAnyOffset) {
    const system_clock::time_point time{1'700'000'000s + 250ms};

    EXPECT_EQ(to_rfc3339(time), "2023-11-14T22:13:20.250Z");
    EXPECT_EQ(from_rfc3339("2023-11-14T23:13:20.25+01:00"), time);
    EXPECT_EQ(from_rfc3339("yesterday"), std::nullopt);
}

TEST(ProtoRetryPolicy, AllFieldsAreWrittenAndAbsentOnesAreNot) {
    const std::array<std::string_view, 2> final_types = {"Fatal", "Validation"};
    const RetryPolicy policy{
        .initial_interval = 2s,
        .backoff_coefficient = 1.5,
        .maximum_interval = 30s,
        .maximum_attempts = 3,
        .non_retryable_error_types = final_types,
    };
    api::common::v1::RetryPolicy message;
    api::common::v1::RetryPolicy bare;

    encode_retry_policy(policy, message);
    encode_retry_policy(RetryPolicy{}, bare);

    EXPECT_EQ(message.initial_interval().seconds(), 2);
    EXPECT_EQ(message.backoff_coefficient(), 1.5);
    EXPECT_EQ(message.maximum_interval().seconds(), 30);
    EXPECT_EQ(message.maximum_attempts(), 3);
    ASSERT_EQ(message.non_retryable_error_types_size(), 2);
    EXPECT_EQ(message.non_retryable_error_types(1), "Validation");
    EXPECT_FALSE(bare.has_maximum_interval());
}

}  // namespace
}  // namespace temporal::proto
