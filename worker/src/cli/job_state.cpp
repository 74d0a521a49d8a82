#include "cli/job_state.hpp"

namespace inference::cli {

JobState state_of(temporal::WorkflowStatus status) noexcept {
    switch (status) {
        case temporal::WorkflowStatus::kCompleted: return JobState::kCompleted;
        case temporal::WorkflowStatus::kCanceled: return JobState::kCanceled;
        case temporal::WorkflowStatus::kFailed:
        case temporal::WorkflowStatus::kTerminated:
        case temporal::WorkflowStatus::kTimedOut: return JobState::kFailed;
        case temporal::WorkflowStatus::kUnknown:
        case temporal::WorkflowStatus::kRunning:
        case temporal::WorkflowStatus::kContinuedAsNew:
        case temporal::WorkflowStatus::kPaused: break;
    }
    return JobState::kRunning;
}

bool is_closed(temporal::WorkflowStatus status) noexcept {
    return is_final(state_of(status));
}

}  // namespace inference::cli
