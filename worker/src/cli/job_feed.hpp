/// @file cli/job_feed.hpp
/// @brief Keeps the job store of a serving process: what its workers tell, and what nobody does.
#pragma once

#include "cli/log.hpp"
#include "contracts/job_status.hpp"
#include "jobs/job_projection.hpp"
#include "temporal/client.hpp"
#include "temporal/closed_workflow.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace inference::cli {

/// The store may be away at any time, also from the start: jobs go on, and what there is to say waits.
///
/// Threads: any, but for drain(), which comes last.
class JobFeed {
public:
    /// @param store As `jobs.store` of the configuration, but not "none".
    /// Errors: JobStoreError for a URL that cannot be read.
    JobFeed(const std::string& store, const temporal::Client& client, const Log& log);

    void progressed(JobStatus status, const temporal::ProgressedWorkflow& progressed);
    void closed(JobStatus status, const temporal::ClosedWorkflow& closed);

    /// Looks no more at what Temporal holds, and writes what waits, as far as the store takes it within a few seconds.
    void drain();

private:
    void look_again_and_again(
        const std::string& store, const temporal::Client& client, const std::stop_token& stop
    );

    const Log log_;
    JobProjection projection_;
    std::jthread looks_;  // Last: it uses the others.
};

/// Null for "none". A URL that cannot be read is a line in the log, and null.
std::shared_ptr<JobFeed> make_job_feed(
    const std::string& store, const temporal::Client& client, const Log& log
);

}  // namespace inference::cli
