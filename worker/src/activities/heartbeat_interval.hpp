/// @file activities/heartbeat_interval.hpp
/// @brief How often an activity that waits for an engine says that it is alive.
#pragma once

#include "temporal/activity_info.hpp"
#include "temporal/retry_policy.hpp"

#include <algorithm>
#include <chrono>

namespace inference {

/// Three heartbeats within the timeout leave room for a lost one; and once a second, for a cancel comes with their answers.
inline temporal::Duration heartbeat_interval(const temporal::ActivityInfo& info) {
    constexpr temporal::Duration kLongest = std::chrono::seconds{1};
    return info.heartbeat_timeout
               ? std::min<temporal::Duration>(*info.heartbeat_timeout / 3, kLongest)
               : kLongest;
}

}  // namespace inference
