/// @file worker/drain_plan.hpp
/// @brief How long a worker that drains waits for what.
#pragma once

#include "temporal/retry_policy.hpp"

#include <chrono>

namespace temporal::worker {

/// The moments of a drain. Pure; all of it is over 5 s after the grace period.
///
///     start -- grace --> core cancels -- 2 s --> abandon -- 2 s --> give up -- 0.5 s --> leave
struct DrainPlan {
    using TimePoint = std::chrono::steady_clock::time_point;

    DrainPlan(TimePoint start, Duration grace) noexcept
        : abandon(start + grace + std::chrono::seconds{2}),
          give_up(abandon + std::chrono::seconds{2}),
          leave(give_up + std::chrono::milliseconds{500}) {}

    TimePoint abandon;  ///< Attempts that ignored their cancel are reported as stopped.
    TimePoint give_up;  ///< What core still waits for is left to the server's timeouts.
    TimePoint leave;  ///< Core is not waited for any longer.
};

}  // namespace temporal::worker
