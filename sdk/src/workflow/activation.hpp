/// @file workflow/activation.hpp
/// @brief What core asks of a workflow: the activation protocol as plain data, free of protobuf.
#pragma once

#include "temporal/failure.hpp"
#include "temporal/payload.hpp"
#include "temporal/workflow_info.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace temporal::workflows {

using Seq = std::uint32_t;

/// The first job of every run.
struct InitializeWorkflow {
    WorkflowInfo info;
    Payloads arguments;
    PayloadMap headers;
    std::uint64_t randomness_seed = 0;
};

struct FireTimer {
    Seq seq = 0;
};

struct ActivityCompleted {
    Payload result;
};
struct ActivityFailed {
    FailurePtr failure;
};
struct ActivityCanceled {
    FailurePtr failure;
};
/// A local activity wants a timer before its next attempt.
struct ActivityBackoff {
    std::uint32_t attempt = 0;
    std::chrono::nanoseconds duration{0};
    std::chrono::system_clock::time_point original_schedule_time;
};

struct ResolveActivity {
    Seq seq = 0;
    std::variant<ActivityCompleted, ActivityFailed, ActivityCanceled, ActivityBackoff> result;
};

struct SignalWorkflow {
    std::string name;
    Payloads input;
    std::string identity;
    PayloadMap headers;
};

struct QueryWorkflow {
    std::string id;
    std::string type;
    Payloads arguments;
    PayloadMap headers;
};

struct DoUpdate {
    std::string id;
    std::string protocol_instance_id;  ///< By which it is answered.
    std::string name;
    Payloads input;
    PayloadMap headers;
    bool run_validator = true;  ///< False on a replay: what is in the history was accepted.
};

struct CancelWorkflow {
    std::string reason;
};

struct UpdateRandomSeed {
    std::uint64_t randomness_seed = 0;
};

struct NotifyHasPatch {
    std::string patch_id;
};

enum class EvictionReason {
    kUnspecified,
    kCacheFull,
    kCacheMiss,
    kNondeterminism,
    kLangFail,
    kLangRequested,
    kTaskNotFound,
    kUnhandledCommand,
    kFatal,
    kPaginationOrHistoryFetch,
    kWorkflowExecutionEnding,
};

struct RemoveFromCache {
    std::string message;
    EvictionReason reason = EvictionReason::kUnspecified;
};

/// A job of a feature that this SDK does not speak yet. Core sends one only after a command of that feature, so it means
/// that the history was written by other code.
struct UnsupportedJob {
    std::string name;
};

using Job = std::variant<
    InitializeWorkflow,
    FireTimer,
    ResolveActivity,
    SignalWorkflow,
    QueryWorkflow,
    DoUpdate,
    CancelWorkflow,
    UpdateRandomSeed,
    NotifyHasPatch,
    RemoveFromCache,
    UnsupportedJob>;

/// One batch of jobs for one run. At most one is outstanding per run; jobs come in the order in which they apply.
struct Activation {
    std::string run_id;
    std::optional<std::chrono::system_clock::time_point> timestamp;
    bool is_replaying = false;
    std::uint32_t history_length = 0;
    std::uint64_t history_size_bytes = 0;
    bool continue_as_new_suggested = false;
    std::vector<std::uint32_t> available_internal_flags;
    std::vector<Job> jobs;
};

}  // namespace temporal::workflows
