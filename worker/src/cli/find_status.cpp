#include "cli/find_status.hpp"

#include "cli/command_error.hpp"
#include "cli/job_record.hpp"
#include "cli/job_state.hpp"
#include "contracts/names.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace inference::cli {
namespace {

void require_job(const temporal::WorkflowExecution& execution) {
    const std::string& type = execution.workflow_type;
    if (type != names::kInferenceWorkflow && type != names::kBatchWorkflow) {
        throw CommandError(
            ExitCode::kNotFound,
            "workflow '" + execution.workflow_id + "' is no inference job: its type is " + type
        );
    }
}

/// Started, a task scheduled, a task started: the end of that task is the fourth event at the earliest.
bool may_have_been_seen(const temporal::WorkflowExecution& execution) {
    constexpr std::int64_t kEventsBefore = 3;
    return execution.history_length > kEventsBefore;
}

bool is_to_be_asked(const temporal::WorkflowExecution& execution, const StatusSearch& search) {
    return search.patience.count() > 0 && may_have_been_seen(execution) &&
           (search.asks_of_ended || !is_closed(execution.status));
}

}  // namespace

std::optional<JobStatus> ask_worker(
    const temporal::WorkflowHandle& job, std::chrono::milliseconds patience, std::stop_token stop
) {
    try {
        return job.query<JobStatus>(
            names::kStatusQuery, {}, {.timeout = patience, .stop = std::move(stop)}
        );
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

JobStatus find_status(const temporal::WorkflowHandle& job, const StatusSearch& search) {
    const auto execution = job.describe({.stop = search.stop}).execution;
    require_job(execution);
    if (is_to_be_asked(execution, search)) {
        const auto answer = ask_worker(job, search.patience, search.stop);
        // A worker cannot know that a workflow was terminated or timed out from outside.
        if (answer && is_final(answer->state) == is_closed(execution.status)) {
            return *answer;
        }
    }
    const auto history = job.fetch_history({.stop = search.stop});
    return status_from_history(nlohmann::json::parse(history.to_json()), job.workflow_id());
}

}  // namespace inference::cli
