#include "cli/finished_batch.hpp"

#include "cli/batch_text.hpp"
#include "cli/command_error.hpp"
#include "cli/event_fields.hpp"
#include "cli/job_failure.hpp"
#include "cli/job_state.hpp"
#include "contracts/names.hpp"
#include "contracts/priority.hpp"
#include "temporal/error.hpp"
#include "temporal/workflow_handle.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace inference::cli {
namespace {

void require_ended_batch(const temporal::WorkflowExecution& execution) {
    const std::string& id = execution.workflow_id;
    const std::string& type = execution.workflow_type;
    if (type == names::kInferenceWorkflow) {
        throw CommandError(
            ExitCode::kUsage, "job '" + id + "' is no batch but a single request; submit it again"
        );
    }
    if (type != names::kBatchWorkflow) {
        throw CommandError(
            ExitCode::kNotFound, "workflow '" + id + "' is no inference job: its type is " + type
        );
    }
    if (!is_closed(execution.status)) {
        throw CommandError(
            ExitCode::kUsage,
            "batch '" + id + "' still runs; wait for its end with: inference-worker watch " + id
        );
    }
}

/// Temporal keeps what a workflow was started with in its first event.
BatchRequest request_of(
    const temporal::Client& client,
    const temporal::WorkflowExecution& execution,
    const std::stop_token& stop
) {
    const auto first = client.handle(execution.workflow_id, execution.first_run_id);
    const auto history = nlohmann::json::parse(first.fetch_history({.stop = stop}).to_json());
    auto request = parse_batch_request(
        payload_at(history, "/events/0/workflowExecutionStartedEventAttributes/input/payloads/0")
    );
    if (!request) {
        throw CommandError(
            ExitCode::kJobFailed,
            "the request of batch '" + execution.workflow_id +
                "' is none: " + request.error().message
        );
    }
    if (!request->priority) {
        request->priority = priority_of_queue(execution.task_queue);
    }
    return *std::move(request);
}

BatchResponse response_of(const temporal::WorkflowHandle& job, const std::stop_token& stop) {
    std::optional<BatchResponse> response;
    std::string why;
    try {
        response = batch_response_in(job.result<nlohmann::json>({.stop = stop}));
    } catch (const temporal::WorkflowFailed& failed) {
        JobFailure failure = job_failure(*failed.failure());
        response = std::move(failure.batch);
        why = ": " + failure.message;
    }
    if (!response) {
        throw CommandError(
            ExitCode::kJobFailed,
            "batch '" + job.workflow_id() + "' left no results to go on from" + why +
                "; run all of it with: inference-worker batch"
        );
    }
    return *std::move(response);
}

}  // namespace

FinishedBatch finished_batch(
    const temporal::Client& client, const std::string& job_id, const std::stop_token& stop
) {
    const auto execution = client.handle(job_id).describe({.stop = stop}).execution;
    require_ended_batch(execution);
    // The response of the run that was just looked at, though the id may be used again.
    BatchResponse response = response_of(client.handle(job_id, execution.run_id), stop);
    return {.request = request_of(client, execution, stop), .response = std::move(response)};
}

}  // namespace inference::cli
