/// @file workflows/job_progress.hpp
/// @brief What the query `status` answers, moved forward step by step.
#pragma once

#include "contracts/attempts.hpp"
#include "contracts/error.hpp"
#include "contracts/job_status.hpp"

#include <optional>
#include <string>

namespace inference {

/// The life of one job: running, then one final state. Final states stay.
///
/// Time is an argument. Replay: deterministic.
class JobProgress {
public:
    void start(std::string job_id, Timestamp now);
    void accepted(std::string model, Priority priority, Timestamp now);
    /// Of a batch: the runs before this one made `tries`.
    void continued(int tries);
    void entered(Stage stage, Timestamp now);
    /// A try of infer was started.
    void tried(Timestamp now);
    /// A try failed and another follows at `next_attempt_at`.
    void will_retry(
        const Error& error, const RetryCounts& retries, Timestamp next_attempt_at, Timestamp now
    );
    /// Of a batch: what became of its items so far.
    void counted(const ItemCounts& counts, Timestamp now);
    /// @param with_errors Of a batch: some of its items failed.
    void completed(Timestamp now, bool with_errors = false);
    void failed(const Error& error, Timestamp now);
    void canceled(Timestamp now);

    [[nodiscard]] const JobStatus& status() const noexcept { return status_; }

private:
    void end(JobState state, Timestamp now);

    JobStatus status_;
};

}  // namespace inference
