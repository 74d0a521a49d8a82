/// @file jobs/job_row.hpp
/// @brief One job as the job store keeps it, and which of two rows of a job is the later truth.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace inference {

/// Which run a row is about. A job has one run after another: a batch that continues as new, an id that is used again.
struct JobRun {
    std::string run_id;
    std::string
        first_run_id;  ///< The first run of the same job; equal in all of its continuations.
    std::string workflow_type;
    std::string queue;
    Timestamp began{};  ///< When Temporal began the run: a later run has a later one.

    bool operator==(const JobRun&) const = default;
};

/// Where a job stands, and the fence: what a store decides by which of two rows of a job it keeps.
struct JobRow {
    JobStatus status;
    JobRun run;
    Timestamp created_at{};  ///< When Temporal took the job.
    std::optional<Timestamp>
        started_at;  ///< When its first workflow task began; absent while it is queued.
    /// The events of the run's history that it knows of. Within a run the greater is the later.
    std::int64_t sequence = 0;
    /// Read from Temporal's own record of a run that has ended, and so the last word on it. A worker's word on an end comes before
    /// the server has taken it.
    bool is_recorded = false;

    bool operator==(const JobRow&) const = default;
};

/// When the job ended; absent before.
std::optional<Timestamp> finished_at(const JobRow& row) noexcept;

/// Whether a store that holds `held` takes `offered` in its place. Both are of the same job.
///
/// A later run replaces an earlier one; of two that began at once, for one was reset and the other made of it, the one that ended
/// goes. Within a run a record of its end replaces all but another; else what has ended stays, an
/// end replaces what has not, and of the rest the one that knows of more events stays. Of two that know of the same events the
/// one that came later stays: both are of one workflow task, which one worker has, and it tells in order.
bool replaces(const JobRow& offered, const JobRow& held) noexcept;

/// `offered`, with what `held` knows better: a job that goes on in another run was created and started with its first one.
JobRow merged(JobRow offered, const JobRow& held);

}  // namespace inference
