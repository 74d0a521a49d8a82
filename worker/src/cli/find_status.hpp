/// @file cli/find_status.hpp
/// @brief Where a job stands: by its worker, or by Temporal's own record.
#pragma once

#include "contracts/job_status.hpp"
#include "temporal/workflow_handle.hpp"

#include <chrono>
#include <optional>
#include <stop_token>

namespace inference::cli {

/// How long a worker may take to answer, before the server's record has to do.
inline constexpr std::chrono::milliseconds kWorkerPatience{2'000};

/// What a worker says; nullopt if none answers in time, or with something else than a status.
std::optional<JobStatus> ask_worker(
    const temporal::WorkflowHandle& job, std::chrono::milliseconds patience, std::stop_token stop
);

struct StatusSearch {
    std::stop_token stop = {};
    /// Not above zero: no worker is asked.
    std::chrono::milliseconds patience = kWorkerPatience;
    /// Whether a worker is also asked of a job that has ended, which it has to replay for that.
    bool asks_of_ended = true;
};

/// No worker is asked of a job that none can have seen, so that a queue without workers costs no time.
///
/// Errors: CommandError (3) for workflows of other programs in the same namespace; WorkflowNotFound; whatever the connection
///         throws.
JobStatus find_status(const temporal::WorkflowHandle& job, const StatusSearch& search);

}  // namespace inference::cli
