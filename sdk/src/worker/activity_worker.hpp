/// @file worker/activity_worker.hpp
/// @brief Runs activity tasks: finds the function, runs it on a thread, reports how it ended.
#pragma once

#include "activity/activity_reporter.hpp"
#include "activity/activity_task.hpp"
#include "activity/registry.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace temporal::worker {

struct ActivityWorkerOptions {
    std::string task_queue;
    std::size_t max_concurrent_activities = 100;
};

/// The running attempts of one queue and the threads that run them.
///
/// A blocking activity holds one of at most `max_concurrent_activities` threads. An asynchronous
/// one needs a thread only to start: any number of them is in flight on the few threads that start
/// and cancel.
///
/// Threads: any.
/// Destroy: as `close` with no time left; attempts and threads that are left behind live on by
///          themselves.
class ActivityWorker {
public:
    ActivityWorker(
        ActivityWorkerOptions options,
        activity::Registry registry,
        std::shared_ptr<activity::ActivityReporter> reporter
    );
    ~ActivityWorker();
    ActivityWorker(const ActivityWorker&) = delete;
    ActivityWorker& operator=(const ActivityWorker&) = delete;

    /// Takes tasks in the order in which core gave them. Neither blocks nor throws.
    void on_task(activity::ActivityTask task) noexcept;
    /// Tells the running attempts that the worker drains.
    void begin_shutdown();
    /// Reports all attempts that still run as stopped by the shutdown, and from now on those that
    /// start; gives the activity types of the former.
    std::vector<std::string> abandon();
    /// Ends the threads and lets go of the reporter. Gives the number of threads that were still
    /// busy at the deadline.
    std::size_t close(std::chrono::steady_clock::time_point deadline);

    [[nodiscard]] std::size_t running() const;

private:
    class Host;

    void start(std::string task_token, activity::StartActivity task) noexcept;
    void cancel(const std::string& task_token, activity::CancelReason reason);

    // Shared with the attempts: one that is left behind outlives the worker.
    std::shared_ptr<Host> host_;
};

}  // namespace temporal::worker
