/// @file activity/outcome.hpp
/// @brief What an attempt's end is reported as.
#pragma once

#include "activity/activity_task.hpp"
#include "temporal/failure.hpp"

#include <exception>
#include <optional>
#include <string_view>
#include <vector>

namespace temporal::activity {

/// The report for an attempt that ended with an exception.
///
/// A CanceledFailure is a cancel only where one was asked for; else it would end an activity that
/// nobody cancelled. Any other Failure travels as it is, and any other exception as a retryable
/// ApplicationFailure.
[[nodiscard]] ActivityResult result_of(
    const std::exception_ptr& error, std::optional<CancelReason> cancel_reason
);

/// The report for an attempt that `reason` stopped.
[[nodiscard]] ActivityResult stopped(CancelReason reason, const CanceledFailure& failure);

/// The failure of an asynchronous activity whose completion was dropped.
[[nodiscard]] FailurePtr dropped_completion(std::string_view activity_type);

/// The failure of an activity whose type nobody registered here; retryable, so that a worker that
/// knows it can take it.
[[nodiscard]] FailurePtr unknown_activity(
    std::string_view activity_type,
    std::string_view task_queue,
    const std::vector<std::string_view>& registered
);

}  // namespace temporal::activity
