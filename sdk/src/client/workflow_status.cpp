#include "temporal/workflow_execution.hpp"

namespace temporal {

std::string_view to_string(WorkflowStatus status) noexcept {
    switch (status) {
        case WorkflowStatus::kUnknown: break;
        case WorkflowStatus::kRunning: return "Running";
        case WorkflowStatus::kCompleted: return "Completed";
        case WorkflowStatus::kFailed: return "Failed";
        case WorkflowStatus::kCanceled: return "Canceled";
        case WorkflowStatus::kTerminated: return "Terminated";
        case WorkflowStatus::kContinuedAsNew: return "ContinuedAsNew";
        case WorkflowStatus::kTimedOut: return "TimedOut";
        case WorkflowStatus::kPaused: return "Paused";
    }
    return "Unknown";
}

}  // namespace temporal
