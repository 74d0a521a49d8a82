#include "cli/job_feed.hpp"

#include "cli/job_reconcile.hpp"
#include "cli/job_rows.hpp"
#include "jobs/job_store.hpp"
#include "jobs/open_job_store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <random>
#include <string_view>
#include <utility>

namespace inference::cli {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kDrain{3};

/// About 5 s; not the same in workers that started together.
milliseconds until_next_look(std::minstd_rand& random) {
    std::uniform_int_distribution<int> pause(4'100, 5'900);
    return milliseconds(pause(random));
}

ProjectionOptions options_of(const std::string& store, const Log& log) {
    return {
        .on_lost =
            [log, store](std::string_view problem) {
                log.warn(
                    "the job store is away; jobs go on, and what it is to know of them waits",
                    {{"store", store}, {"error", std::string(problem)}}
                );
            },
        .on_back =
            [log, store](std::size_t waiting) {
                log.info("the job store is back", {{"store", store}, {"waiting", waiting}});
            },
        .on_refused = [log](std::string_view problem) { log.warn(std::string(problem)); }
    };
}

/// Sleeps; gives false, at once, when a stop is requested.
bool pause(milliseconds length, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, length, [] { return false; });
    return !stop.stop_requested();
}

}  // namespace

JobFeed::JobFeed(const std::string& store, const temporal::Client& client, const Log& log)
    : log_(log),
      projection_(
          open_job_store(store, JobStoreUse::kServe),
          options_of(open_job_store(store, JobStoreUse::kLook)->name(), log)
      ),
      looks_([this, store, client](const std::stop_token& stop) {
          look_again_and_again(store, client, stop);
      }) {}

void JobFeed::progressed(JobStatus status, const temporal::ProgressedWorkflow& progressed) {
    projection_.put(row_of(std::move(status), progressed));
}

void JobFeed::closed(JobStatus status, const temporal::ClosedWorkflow& closed) {
    if (closed.status != temporal::WorkflowStatus::kContinuedAsNew) {
        projection_.put(row_of(std::move(status), closed));
    }
}

void JobFeed::drain() {
    looks_.request_stop();
    looks_.join();
    if (!projection_.drain(kDrain)) {
        log_.warn(
            "the job store lacks what this worker could not tell it any more; other workers find "
            "it, or 'inference-worker jobs rebuild'",
            {{"waiting", projection_.waiting()}}
        );
    }
}

void JobFeed::look_again_and_again(
    const std::string& store, const temporal::Client& client, const std::stop_token& stop
) {
    JobReconcile reconcile(client, open_job_store(store, JobStoreUse::kServe), stop);
    std::minstd_rand random(std::random_device{}());
    bool at_all = false;
    do {
        at_all = projection_.take_dropped() || at_all;
        try {
            reconcile.look(
                std::chrono::floor<milliseconds>(std::chrono::system_clock::now()), at_all
            );
            at_all = false;
        } catch (const std::exception&) {
            // The store's failures are told of by who writes, the server's by Temporal's core. The next look makes up for this.
        }
    } while (pause(until_next_look(random), stop));
}

std::shared_ptr<JobFeed> make_job_feed(
    const std::string& store, const temporal::Client& client, const Log& log
) {
    if (store == "none") {
        return nullptr;
    }
    try {
        return std::make_shared<JobFeed>(store, client, log);
    } catch (const JobStoreError& error) {
        log.warn(std::string(error.what()) + ". Until then there is no job store");
        return nullptr;
    }
}

}  // namespace inference::cli
