/// @file cli/queue_workers.hpp
/// @brief The workers of the served queues, which come and go one by one.
#pragma once

#include "contracts/priority.hpp"
#include "temporal/worker.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <vector>

namespace inference::cli {

/// Threads: any.
/// @code
///   QueueWorkers workers([&](Priority priority) { return make_worker(priority); });
///   workers.serve({Priority::kHigh});
///   workers.run(stop);
/// @endcode
class QueueWorkers {
public:
    using Make = std::function<temporal::Worker(Priority)>;

    /// `make` is called on the threads of the queues, each time that one begins to be served.
    explicit QueueWorkers(Make make);

    /// From now on these queues, and no other. One that is left out drains: its jobs that run here end here, up to the grace
    /// period. One that comes back meanwhile is served again after that. Returns at once.
    void serve(const std::vector<Priority>& queues);
    /// Drains each queue and serves it again, by a worker that is made anew. Returns at once.
    void renew();

    /// Serves until `stop` fires, then drains. Call once.
    ///
    /// Errors: what the first worker that failed threw, or `make`; the others drain.
    void run(const std::stop_token& stop);

    /// All the queues that are to be served are asked for tasks.
    [[nodiscard]] bool polling() const;

private:
    struct Queue {
        bool is_wanted = false;
        std::stop_source stop;  ///< Of the worker that serves it now.
        const temporal::Worker* worker = nullptr;
    };

    void serve_queue(Priority priority);
    void run_one(Priority priority, std::unique_lock<std::mutex>& lock);
    void end(std::exception_ptr error);
    template <class Change>
    void change(Change change);

    const Make make_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Priority, Queue> queues_;
    bool is_ending_ = false;
    std::exception_ptr error_;
};

}  // namespace inference::cli
