/// @file temporal/workflow_execution.hpp
/// @brief What the server knows of a workflow run.
#pragma once

#include "temporal/failure.hpp"
#include "temporal/payload.hpp"
#include "temporal/retry_policy.hpp"
#include "temporal/search_attributes.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace temporal {

/// Where a run stands. All but kRunning and kPaused are final.
enum class WorkflowStatus {
    kUnknown,  ///< A status of a newer server.
    kRunning,
    kCompleted,
    kFailed,
    kCanceled,
    kTerminated,
    kContinuedAsNew,
    kTimedOut,
    kPaused,
};

/// "Running", "Completed", ...: as Temporal's own tools and its list queries spell them.
[[nodiscard]] std::string_view to_string(WorkflowStatus status) noexcept;

using TimePoint = std::chrono::system_clock::time_point;

/// One run as a list shows it.
struct WorkflowExecution {
    std::string workflow_id;
    std::string run_id;
    std::string workflow_type;
    std::string task_queue;
    WorkflowStatus status = WorkflowStatus::kUnknown;
    TimePoint start_time;
    /// When it was or is to begin: later than the start with a start delay.
    std::optional<TimePoint> execution_time;
    std::optional<TimePoint> close_time;
    std::int64_t history_length = 0;
    std::string parent_workflow_id;  ///< Empty for a workflow without a parent.
    std::string first_run_id;  ///< The first run of the chain; empty on servers that do not tell.
    PayloadMap memo;
    SearchAttributes search_attributes;
};

enum class PendingActivityState {
    kUnknown,
    kScheduled,
    kStarted,
    kCancelRequested,
    kPaused,
    kPauseRequested
};

/// An activity that has not ended yet.
struct PendingActivity {
    std::string activity_id;
    std::string activity_type;
    PendingActivityState state = PendingActivityState::kUnknown;
    std::int32_t attempt = 1;  ///< The one that runs or is to run; the first is 1.
    std::int32_t maximum_attempts = 0;  ///< 0: unlimited.
    FailurePtr last_failure;  ///< Of the attempt before; null before the first retry.
    std::string last_worker_identity;
    Payloads heartbeat_details;
    std::optional<TimePoint> scheduled_time;
    std::optional<TimePoint> last_started_time;
    std::optional<TimePoint> last_heartbeat_time;
    std::optional<TimePoint> next_attempt_time;  ///< While it waits for a retry.
    std::optional<TimePoint> expiration_time;  ///< When its schedule-to-close timeout runs out.
};

/// The workflow task that waits for a worker or runs on one.
struct PendingWorkflowTask {
    bool started = false;
    std::int32_t attempt = 1;  ///< Above 1: workers fail this task again and again.
    std::optional<TimePoint> scheduled_time;
    std::optional<TimePoint> started_time;
};

/// One run in detail.
struct WorkflowDescription {
    WorkflowExecution execution;
    std::vector<PendingActivity> pending_activities;
    std::optional<PendingWorkflowTask> pending_workflow_task;
    std::string summary;  ///< As given at the start; empty if none.
    std::string details;  ///< As given at the start; empty if none.
    std::optional<Duration> execution_timeout;
    std::optional<Duration> run_timeout;
};

}  // namespace temporal
