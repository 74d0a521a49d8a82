/// @file converter/proto_time.hpp
/// @brief Points in time and durations between std::chrono and protobuf.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <optional>

namespace temporal::proto {

/// Range: protobuf's durations reach further than 292 years of nanoseconds; what is beyond is
///        clamped.
[[nodiscard]] std::chrono::nanoseconds to_duration(const google::protobuf::Duration& message);
/// A timeout, which the server leaves out or sends as zero where there is none.
[[nodiscard]] std::optional<std::chrono::nanoseconds> to_timeout(
    const google::protobuf::Duration& message
);
[[nodiscard]] std::chrono::system_clock::time_point to_time_point(
    const google::protobuf::Timestamp& message
);

void encode_duration(std::chrono::nanoseconds duration, google::protobuf::Duration& message);
void encode_time_point(
    std::chrono::system_clock::time_point time, google::protobuf::Timestamp& message
);

}  // namespace temporal::proto
