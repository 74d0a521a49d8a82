/// @file temporal/closed_workflow.hpp
/// @brief How a run ended, as the worker that ran its last task sees it.
#pragma once

#include "temporal/workflow_execution.hpp"
#include "temporal/workflow_info.hpp"

#include <chrono>

namespace temporal {

/// A run that has just ended.
struct ClosedWorkflow {
    const WorkflowInfo& info;
    WorkflowStatus status;  ///< kCompleted, kFailed, kCanceled or kContinuedAsNew.
    std::chrono::system_clock::time_point time;  ///< By the run's own clock.
};

}  // namespace temporal
