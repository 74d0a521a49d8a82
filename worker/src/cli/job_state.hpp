/// @file cli/job_state.hpp
/// @brief A job's state by that of its workflow.
#pragma once

#include "contracts/job_status.hpp"
#include "temporal/workflow_execution.hpp"

namespace inference::cli {

/// Whether the workflow has ended. One that continued as new has not: its next run goes on.
bool is_closed(temporal::WorkflowStatus status) noexcept;

/// Running for all that has not ended; terminated and timed out are failed.
JobState state_of(temporal::WorkflowStatus status) noexcept;

}  // namespace inference::cli
