/// @file server/impatient.hpp
/// @brief A workflow whose local activity fails once and waits longer than a workflow task may last.
#pragma once

#include "temporal/activity.hpp"
#include "temporal/workflow.hpp"

#include <chrono>
#include <string>

namespace temporal::samples {

/// Fails at its first attempt; each one leaves a line with its number in the file of that name.
inline constexpr Activity<int(std::string)> leave_trace{"leave_trace"};

inline constexpr std::chrono::seconds kTaskTimeout{1};
inline constexpr std::chrono::seconds kBackoff{3};

/// Gives the number of the attempt that went well.
template <bool kWaitsAsTimer>
struct Impatient {
    static constexpr LocalActivityOptions kOptions{
        .start_to_close = std::chrono::seconds{10},
        .retry = RetryPolicy{.initial_interval = kBackoff, .maximum_attempts = 5},
        .local_retry_threshold = kWaitsAsTimer ? kTaskTimeout : std::chrono::minutes{1}
    };

    Task<int> run(WorkflowContext ctx, std::string file) {
        co_return co_await leave_trace.local(ctx, file, kOptions);
    }
    static constexpr auto definition =
        workflow<&Impatient::run>(kWaitsAsTimer ? "WaitsAsTimer" : "WaitsWithinItsTask");
};

using WaitsAsTimer = Impatient<true>;
using WaitsWithinItsTask = Impatient<false>;

}  // namespace temporal::samples
