/// @file temporal/closed_workflow.hpp
/// @brief Where a run stands, as the worker that has just run a task of it sees it.
#pragma once

#include "temporal/workflow_execution.hpp"
#include "temporal/workflow_info.hpp"

#include <chrono>
#include <cstdint>

namespace temporal {

/// A run whose code has just gone on, and which now waits.
struct ProgressedWorkflow {
    const WorkflowInfo& info;
    /// The events of the history up to this task. Of two tasks of a run the later has the greater, whichever worker has it; what
    /// comes again within one task, after a local activity, has the same.
    std::uint32_t history_length;
    /// When the run's first task began. Replay: the same on every worker.
    std::chrono::system_clock::time_point first_task_time;
    std::chrono::system_clock::time_point time;  ///< By the run's own clock.
};

/// A run that has just ended.
struct ClosedWorkflow {
    const WorkflowInfo& info;
    WorkflowStatus status;  ///< kCompleted, kFailed, kCanceled or kContinuedAsNew.
    std::chrono::system_clock::time_point time;  ///< By the run's own clock.
    std::uint32_t history_length;  ///< As that of ProgressedWorkflow.
    std::chrono::system_clock::time_point first_task_time;  ///< As that of ProgressedWorkflow.
};

}  // namespace temporal
