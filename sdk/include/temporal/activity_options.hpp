/// @file temporal/activity_options.hpp
/// @brief How a workflow schedules an activity.
#pragma once

#include "temporal/priority.hpp"
#include "temporal/retry_policy.hpp"

#include <optional>
#include <string_view>
#include <type_traits>

namespace temporal {

/// What the workflow awaits once it has asked an activity to stop.
enum class ActivityCancellationType {
    kTryCancel,  ///< Ask, and go on at once with a CanceledFailure.
    kWaitCancellationCompleted,  ///< Ask, and wait for what the activity reports.
    kAbandon,  ///< Do not ask; go on at once.
};

/// Options of one activity call, consumed by the call: views need to live only that long.
///
/// Range:  `start_to_close` or `schedule_to_close` is required.
/// Replay: part of the command; a change of `task_queue` or a timeout is safe, a change of the activity's type is not.
struct ActivityOptions {
    std::optional<Duration> start_to_close = std::nullopt;  ///< One attempt.
    std::optional<Duration> schedule_to_close = std::nullopt;  ///< All attempts together.
    std::optional<Duration> schedule_to_start = std::nullopt;  ///< Time in the queue.
    std::optional<Duration> heartbeat =
        std::nullopt;  ///< Silence after which a worker counts as lost.
    std::optional<RetryPolicy> retry =
        std::nullopt;  ///< Absent: the server's, which never gives up.
    std::string_view task_queue = {};  ///< Empty: the workflow's.
    std::string_view activity_id = {};  ///< Empty: chosen by the SDK.
    PriorityView priority = {};
    ActivityCancellationType cancellation = ActivityCancellationType::kTryCancel;
    bool disable_eager = false;  ///< Never start it on this worker ahead of the queue.
    std::string_view summary = {};  ///< One line for people, at most 400 bytes.
};

static_assert(std::is_trivially_destructible_v<ActivityOptions>);

/// Options of one call of a local activity, which runs on the worker that has the workflow, within its workflow task: no queue,
/// no event but a marker with the result, no heartbeats. For what takes less than a few seconds.
///
/// Range:  `start_to_close` or `schedule_to_close` is required.
/// Replay: the result comes from the marker; a change of the activity's type is not safe.
struct LocalActivityOptions {
    std::optional<Duration> start_to_close = std::nullopt;  ///< One attempt.
    std::optional<Duration> schedule_to_close = std::nullopt;  ///< All attempts together.
    std::optional<Duration> schedule_to_start = std::nullopt;  ///< Time until a slot is free.
    std::optional<RetryPolicy> retry = std::nullopt;  ///< Absent: it never gives up.
    /// A longer wait before the next attempt becomes a timer of the workflow, which outlives the worker; absent: a minute.
    std::optional<Duration> local_retry_threshold = std::nullopt;
    std::string_view activity_id = {};  ///< Empty: chosen by the SDK.
    ActivityCancellationType cancellation = ActivityCancellationType::kWaitCancellationCompleted;
};

static_assert(std::is_trivially_destructible_v<LocalActivityOptions>);

}  // namespace temporal
