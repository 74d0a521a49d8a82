/// @file temporal/retry_policy.hpp
/// @brief How the server retries an activity or a workflow.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace temporal {

/// All durations of the SDK; seconds, minutes and the like convert without a cast.
using Duration = std::chrono::nanoseconds;

/// The server's retry policy.
///
/// Range: `maximum_attempts` counts the first try; 0 is unlimited.
struct RetryPolicy {
    Duration initial_interval = std::chrono::seconds{1};
    double backoff_coefficient = 2.0;
    std::optional<Duration> maximum_interval =
        std::nullopt;  ///< Absent: 100 times the initial one.
    int maximum_attempts = 0;
    /// Failure types that are final. Borrowed for the call that takes the policy.
    std::span<const std::string_view> non_retryable_error_types = {};
};

// Options live in co_await expressions, where g++ 12 destroys non-trivial aggregates twice.
static_assert(std::is_trivially_destructible_v<RetryPolicy>);

}  // namespace temporal
