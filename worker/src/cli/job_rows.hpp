/// @file cli/job_rows.hpp
/// @brief From what Temporal tells of a run to a row of the job store.
#pragma once

#include "cli/job_record.hpp"
#include "contracts/job_status.hpp"
#include "jobs/job_row.hpp"
#include "temporal/closed_workflow.hpp"
#include "temporal/workflow_execution.hpp"

namespace inference::cli {

/// Of a run that goes on, as its worker is told.
JobRow row_of(JobStatus status, const temporal::ProgressedWorkflow& progressed);
/// Of a run that has ended on its worker. The end decides on the state where the workflow itself does not know of it.
JobRow row_of(JobStatus status, const temporal::ClosedWorkflow& closed);
/// Of a run by its record, which is the last word if it has ended.
JobRow row_of(const RecordedJob& job, const temporal::WorkflowExecution& execution);

}  // namespace inference::cli
