#include "cli/job_rows.hpp"

#include "cli/job_state.hpp"

#include <chrono>
#include <utility>

namespace inference::cli {
namespace {

Timestamp in_milliseconds(std::chrono::system_clock::time_point time) {
    return std::chrono::floor<std::chrono::milliseconds>(time);
}

/// @param seen Either thing that the SDK tells of a run.
template <class Seen>
JobRow told(JobStatus status, const Seen& seen) {
    const temporal::WorkflowInfo& info = seen.info;
    const Timestamp began = in_milliseconds(info.start_time);
    return {
        .status = std::move(status),
        .run =
            {.run_id = info.run_id,
             .first_run_id =
                 info.first_execution_run_id.empty() ? info.run_id : info.first_execution_run_id,
             .workflow_type = info.workflow_type,
             .queue = info.task_queue,
             .began = began},
        .created_at = began,
        .started_at = in_milliseconds(seen.first_task_time),
        .sequence = seen.history_length
    };
}

}  // namespace

JobRow row_of(JobStatus status, const temporal::ProgressedWorkflow& progressed) {
    return told(std::move(status), progressed);
}

JobRow row_of(JobStatus status, const temporal::ClosedWorkflow& closed) {
    if (!is_final(status.state)) {
        status.state = state_of(closed.status);
        status.updated_at = in_milliseconds(closed.time);
    }
    return told(std::move(status), closed);
}

JobRow row_of(const RecordedJob& job, const temporal::WorkflowExecution& execution) {
    return {
        .status = job.status,
        .run =
            {.run_id = execution.run_id,
             .first_run_id = job.first_run_id.empty() ? execution.run_id : job.first_run_id,
             .workflow_type = execution.workflow_type,
             .queue = execution.task_queue,
             .began = job.began},
        .created_at = job.began,
        .started_at = job.started_at,
        .sequence = job.sequence,
        .is_recorded = is_closed(execution.status)
    };
}

}  // namespace inference::cli
