/// @file client/deadline.hpp
/// @brief The time that is left of a call that takes several RPCs.
#pragma once

#include "temporal/retry_policy.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace temporal::client {

/// A point in time, or never.
class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    /// Timeouts beyond a year are never, so that no arithmetic overflows.
    Deadline(Clock::time_point now, std::optional<Duration> timeout) {
        constexpr auto kLongest = std::chrono::hours{24 * 365};
        if (timeout && *timeout < kLongest) {
            at_ = now + *timeout;
        }
    }

    /// What is left, at most `most`; not above zero once it has passed.
    [[nodiscard]] Duration remaining(Clock::time_point now, Duration most) const {
        return at_ ? std::min<Duration>(*at_ - now, most) : most;
    }
    [[nodiscard]] bool passed(Clock::time_point now) const { return at_ && now >= *at_; }

private:
    std::optional<Clock::time_point> at_;
};

}  // namespace temporal::client
