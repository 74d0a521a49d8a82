#include "cli/job_truth.hpp"

#include "cli/find_status.hpp"
#include "cli/job_record.hpp"
#include "cli/job_rows.hpp"
#include "cli/job_state.hpp"
#include "contracts/names.hpp"
#include "temporal/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace inference::cli {
namespace {

constexpr std::size_t kPage = 500;

std::string of_jobs(const std::string& filter) {
    std::string query = "WorkflowType IN ('" + std::string(names::kInferenceWorkflow) + "', '" +
                        names::kBatchWorkflow + "') AND ExecutionStatus != 'ContinuedAsNew'";
    return filter.empty() ? query : query + " AND " + filter;
}

}  // namespace

JobTruth::JobTruth(temporal::Client client, AskWorkers asks, std::stop_token stop)
    : client_(std::move(client)), asks_(asks), stop_(std::move(stop)) {}

void JobTruth::visit(const std::string& filter, const std::function<void(const Executions&)>& visit)
    const {
    Executions some;
    client_.list(
        of_jobs(filter),
        [&](const temporal::WorkflowExecution& execution) {
            some.push_back(execution);
            if (some.size() == kPage) {
                visit(std::exchange(some, {}));
            }
            return !stop_.stop_requested();
        },
        {.page_size = kPage},
        {.stop = stop_}
    );
    if (!some.empty() && !stop_.stop_requested()) {
        visit(some);
    }
}

std::optional<JobRow> JobTruth::row_of(const temporal::WorkflowExecution& execution) {
    const auto handle = client_.handle(execution.workflow_id, execution.run_id);
    std::optional<RecordedJob> job;
    try {
        const auto history = handle.fetch_history({.stop = stop_});
        job = job_from_history(nlohmann::json::parse(history.to_json()), execution.workflow_id);
    } catch (const temporal::WorkflowNotFound&) {
        return std::nullopt;
    }
    if (should_ask(execution) && job->started_at) {
        const auto answer = ask_worker(handle, kWorkerPatience, stop_);
        if (answer && is_final(answer->state) == is_closed(execution.status)) {
            job->status = *answer;
        } else if (!answer) {
            silent_queues_.insert(execution.task_queue);
        }
    }
    JobRow row = cli::row_of(*job, execution);
    row.created_at = created_at(row);
    return row;
}

bool JobTruth::should_ask(const temporal::WorkflowExecution& execution) const {
    using temporal::WorkflowStatus;
    if (silent_queues_.contains(execution.task_queue) ||
        execution.status == WorkflowStatus::kTerminated ||
        execution.status == WorkflowStatus::kTimedOut) {
        return false;  // Its worker does not know of such an end.
    }
    return execution.workflow_type == names::kBatchWorkflow ||
           (asks_ == AskWorkers::kForAllThatRun && !is_closed(execution.status));
}

Timestamp JobTruth::created_at(const JobRow& row) const {
    if (row.run.first_run_id == row.run.run_id) {
        return row.created_at;
    }
    try {
        const auto first = client_.handle(row.status.job_id, row.run.first_run_id);
        return std::chrono::floor<std::chrono::milliseconds>(
            first.describe({.stop = stop_}).execution.start_time
        );
    } catch (const temporal::WorkflowNotFound&) {
        return row.created_at;
    }
}

std::optional<temporal::WorkflowExecution> JobTruth::latest_run(const std::string& job_id) const {
    try {
        return client_.handle(job_id).describe({.stop = stop_}).execution;
    } catch (const temporal::WorkflowNotFound&) {
        return std::nullopt;
    }
}

}  // namespace inference::cli
