/// @file worker/thread_pool.hpp
/// @brief A bounded pool that grows as needed and can leave a stuck thread behind.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace temporal::worker {

/// Runs jobs in the order in which they came, each on a thread of its own while the bound allows
/// it.
///
/// Threads: any.
/// Destroy: as `close` with no time left.
class ThreadPool {
public:
    /// Range: `max_threads` is at least 1.
    explicit ThreadPool(std::size_t max_threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// Does not block. A job must not throw. Dropped once the pool is closed.
    ///
    /// Errors: std::system_error if the job needs the pool's first thread and there is none to be
    ///         had.
    void post(std::function<void()> job);

    /// Refuses and drops further jobs, and waits for those that run. What still runs at the
    /// deadline keeps its thread, which then lives on by itself; gives the number of these. Further
    /// calls give 0.
    std::size_t close(std::chrono::steady_clock::time_point deadline);

private:
    struct Shared;
    // Shared with the threads: one that is left behind outlives the pool.
    std::shared_ptr<Shared> shared_;
};

}  // namespace temporal::worker
