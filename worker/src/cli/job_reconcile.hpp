/// @file cli/job_reconcile.hpp
/// @brief Finds what no worker tells the job store, and corrects it by what Temporal holds.
#pragma once

#include "cli/job_truth.hpp"
#include "contracts/timestamp.hpp"
#include "jobs/job_row.hpp"
#include "jobs/job_store.hpp"
#include "temporal/client.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

namespace inference::cli {

/// Jobs that wait for their first workflow task, were terminated or timed out by the server, or ended while the store was away or
/// as their worker died.
///
/// How far the looks have come is kept in the store, so that they go on there whatever was away, and workers that share a store
/// share the looks.
///
/// Errors:  JobStoreError; temporal::Error. A look that failed is made up for by the next.
/// Cancel:  a look ends, with an error, once the token fires.
/// Threads: one at a time.
class JobReconcile {
public:
    JobReconcile(
        temporal::Client client, std::unique_ptr<JobStore> store, const std::stop_token& stop
    );

    /// Looks at the jobs that ended or began since the last look, and once a minute, or where `at_all` says so, at all that are
    /// open. Does nothing where another worker has just looked.
    ///
    /// @param now Only to space the looks; how far they have come is counted by the server's clock.
    void look(Timestamp now, bool at_all);

private:
    using Executions = JobTruth::Executions;

    void look_at_ended(Timestamp now);
    void look_at_begun(Timestamp now);
    void look_at_all_open(Timestamp now);
    /// Writes the rows of these runs that `is_wanted` names, given what the store has of each.
    void correct(
        const Executions& executions,
        const std::function<bool(const temporal::WorkflowExecution&, const JobRow*)>& is_wanted
    );
    [[nodiscard]] bool lacks_end(
        const temporal::WorkflowExecution& run, const JobRow* held, Timestamp now
    ) const;
    /// Rows that say their job is open, where Temporal does not.
    void correct_held(const std::unordered_set<std::size_t>& open_jobs, Timestamp now);
    void correct_one(const JobRow& held);
    void advance(const std::string& mark, std::optional<Timestamp> to);

    JobTruth truth_;
    const std::unique_ptr<JobStore> store_;
    const std::stop_callback<std::function<void()>> give_up_;
};

/// Writes the rows of all jobs that Temporal holds.
struct RebuiltJobs {
    std::size_t open = 0;
    std::size_t ended = 0;
};

/// @param now The looks of workers go on from there.
/// Errors: as those of JobReconcile.
RebuiltJobs rebuild_jobs(JobTruth& truth, JobStore& store, Timestamp now);

}  // namespace inference::cli
