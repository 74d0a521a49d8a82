/// @file workflow/command.hpp
/// @brief What a workflow asks of core: commands and completions as plain data, free of protobuf.
#pragma once

#include "temporal/activity_options.hpp"
#include "temporal/failure.hpp"
#include "temporal/payload.hpp"
#include "temporal/priority.hpp"
#include "workflow/activation.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace temporal::workflows {

/// A retry policy that owns its strings, for the options of a call only borrow theirs.
struct OwnedRetryPolicy {
    std::chrono::nanoseconds initial_interval{0};
    double backoff_coefficient = 2.0;
    std::optional<std::chrono::nanoseconds> maximum_interval;
    int maximum_attempts = 0;
    std::vector<std::string> non_retryable_error_types;
};

struct StartTimer {
    Seq seq = 0;
    std::chrono::nanoseconds duration{0};
    std::string summary;
};

struct CancelTimer {
    Seq seq = 0;
};

struct ScheduleActivity {
    Seq seq = 0;
    std::string activity_id;
    std::string activity_type;
    std::string task_queue;
    Payloads arguments;
    PayloadMap headers;
    std::optional<std::chrono::nanoseconds> schedule_to_close;
    std::optional<std::chrono::nanoseconds> schedule_to_start;
    std::optional<std::chrono::nanoseconds> start_to_close;
    std::optional<std::chrono::nanoseconds> heartbeat;
    std::optional<OwnedRetryPolicy> retry_policy;
    Priority priority;
    ActivityCancellationType cancellation_type = ActivityCancellationType::kTryCancel;
    bool do_not_eagerly_execute = false;
    std::string summary;
};

struct RequestCancelActivity {
    Seq seq = 0;
};

struct ScheduleLocalActivity {
    Seq seq = 0;
    std::string activity_id;
    std::string activity_type;
    std::uint32_t attempt = 1;
    /// Of the first attempt, where this is not it.
    std::optional<std::chrono::system_clock::time_point> original_schedule_time;
    Payloads arguments;
    std::optional<std::chrono::nanoseconds> schedule_to_close;
    std::optional<std::chrono::nanoseconds> schedule_to_start;
    std::optional<std::chrono::nanoseconds> start_to_close;
    std::optional<OwnedRetryPolicy> retry_policy;
    std::optional<std::chrono::nanoseconds> local_retry_threshold;
    ActivityCancellationType cancellation_type =
        ActivityCancellationType::kWaitCancellationCompleted;
};

struct RequestCancelLocalActivity {
    Seq seq = 0;
};

/// The run has the change of this name.
struct SetPatchMarker {
    std::string patch_id;
    bool deprecated = false;
};

/// Merged into what the run has; a null payload removes the attribute.
struct UpsertSearchAttributes {
    PayloadMap fields;
};

/// Merged into what the run has; a null payload removes the entry.
struct UpsertMemo {
    PayloadMap fields;
};

struct RespondToQuery {
    std::string query_id;
    std::variant<Payload, FailurePtr> result;
};

struct AcceptUpdate {
    std::string protocol_instance_id;
};

/// By the validator, or because the handler failed after it was accepted.
struct RejectUpdate {
    std::string protocol_instance_id;
    FailurePtr failure;
};

struct CompleteUpdate {
    std::string protocol_instance_id;
    Payload result;
};

struct CompleteWorkflowExecution {
    Payload result;
};

struct FailWorkflowExecution {
    FailurePtr failure;
};

struct CancelWorkflowExecution {
    Payloads details;
};

struct ContinueAsNewWorkflowExecution {
    std::string workflow_type;
    std::string task_queue;
    Payloads arguments;
    std::optional<std::chrono::nanoseconds> run_timeout;
    std::optional<std::chrono::nanoseconds> task_timeout;
    PayloadMap memo;  ///< Empty: what this run was started with.
    std::optional<PayloadMap> search_attributes;  ///< Absent: what the history has of this run.
};

using Command = std::variant<
    StartTimer,
    CancelTimer,
    ScheduleActivity,
    RequestCancelActivity,
    ScheduleLocalActivity,
    RequestCancelLocalActivity,
    SetPatchMarker,
    UpsertSearchAttributes,
    UpsertMemo,
    RespondToQuery,
    AcceptUpdate,
    RejectUpdate,
    CompleteUpdate,
    CompleteWorkflowExecution,
    FailWorkflowExecution,
    CancelWorkflowExecution,
    ContinueAsNewWorkflowExecution>;

/// The commands of one activation, in the order in which they were issued.
struct ActivationSucceeded {
    std::vector<Command> commands;
    std::vector<std::uint32_t> used_internal_flags;
};

/// Fails the workflow task, not the workflow: the server retries it, with new code perhaps.
struct ActivationFailed {
    FailurePtr failure;
    bool nondeterminism = false;
};

/// The answer to one activation; each is answered exactly once.
struct Completion {
    std::string run_id;
    std::variant<ActivationSucceeded, ActivationFailed> status;
};

}  // namespace temporal::workflows
