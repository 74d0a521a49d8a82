/// @file cli/job_truth.hpp
/// @brief What Temporal holds of jobs, as rows of the job store.
#pragma once

#include "contracts/timestamp.hpp"
#include "jobs/job_row.hpp"
#include "temporal/client.hpp"
#include "temporal/workflow_execution.hpp"

#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace inference::cli {

/// Who is asked besides Temporal's own record. How far a batch is, only its worker knows.
enum class AskWorkers {
    kForBatches,
    kForAllThatRun,
};

/// Errors:  temporal::Error where the server does not answer.
/// Cancel:  calls end, with an error, once the token fires.
/// Threads: one at a time.
class JobTruth {
public:
    using Executions = std::vector<temporal::WorkflowExecution>;

    JobTruth(temporal::Client client, AskWorkers asks, std::stop_token stop);

    /// Calls `visit` with the runs that hold a job and match the filter, some at a time; not with those that go on in another run.
    void visit(const std::string& filter, const std::function<void(const Executions&)>& visit)
        const;

    /// The row of a run; nullopt if Temporal does not hold it any more.
    [[nodiscard]] std::optional<JobRow> row_of(const temporal::WorkflowExecution& execution);
    /// The latest run of a job; nullopt if Temporal holds none.
    [[nodiscard]] std::optional<temporal::WorkflowExecution> latest_run(const std::string& job_id
    ) const;

    /// Then visit() may have left some out.
    [[nodiscard]] bool stop_requested() const noexcept { return stop_.stop_requested(); }

private:
    [[nodiscard]] bool should_ask(const temporal::WorkflowExecution& execution) const;
    /// When the job was created, whose runs began with this one.
    [[nodiscard]] Timestamp created_at(const JobRow& row) const;

    const temporal::Client client_;
    const AskWorkers asks_;
    const std::stop_token stop_;
    std::set<std::string> silent_queues_;  // Where nobody answered: not asked again.
};

}  // namespace inference::cli
