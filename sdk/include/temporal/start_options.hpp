/// @file temporal/start_options.hpp
/// @brief How a workflow is started.
#pragma once

#include "temporal/payload.hpp"
#include "temporal/priority.hpp"
#include "temporal/retry_policy.hpp"
#include "temporal/search_attributes.hpp"

#include <optional>
#include <string>

namespace temporal {

/// What to do if a workflow with this id has ended.
enum class WorkflowIdReusePolicy {
    kAllowDuplicate,  ///< Start anew.
    kAllowDuplicateFailedOnly,  ///< Start anew, unless it completed.
    kRejectDuplicate,  ///< Refuse.
};

/// What to do if a workflow with this id is running.
enum class WorkflowIdConflictPolicy {
    kFail,  ///< Refuse.
    kUseExisting,  ///< Start nothing and give a handle to the running one.
    kTerminateExisting,  ///< Terminate it and start anew.
};

struct StartOptions {
    std::string id;  ///< Required.
    std::string task_queue;  ///< Required.
    WorkflowIdReusePolicy id_reuse_policy = WorkflowIdReusePolicy::kAllowDuplicate;
    WorkflowIdConflictPolicy id_conflict_policy = WorkflowIdConflictPolicy::kFail;
    /// All runs together, with retries and continuations.
    std::optional<Duration> execution_timeout = std::nullopt;
    std::optional<Duration> run_timeout = std::nullopt;  ///< One run.
    /// One workflow task; the server's default is 10 s.
    std::optional<Duration> task_timeout = std::nullopt;
    /// Absent: a failed workflow is not started again.
    std::optional<RetryPolicy> retry = std::nullopt;
    Priority priority = {};
    PayloadMap memo = {};  ///< Shown with the workflow; values by to_payload().
    SearchAttributes search_attributes = {};
    PayloadMap headers = {};
    std::optional<Duration> start_delay = std::nullopt;
    /// Lets a worker of the same client take the first task without the detour through the queue.
    bool request_eager_start = false;
    std::string summary = {};  ///< One line for people, at most 400 bytes.
    std::string details = {};  ///< More for people, in Markdown, at most 20 kB.
};

}  // namespace temporal
