/// @file running_worker.hpp
/// @brief A worker that runs on a thread of its own.
#pragma once

#include "temporal/worker.hpp"
#include "wait.hpp"

#include <chrono>
#include <future>
#include <stop_token>

namespace temporal::worker {

class RunningWorker {
public:
    explicit RunningWorker(Worker& worker)
        : ended_(std::async(std::launch::async, [this, &worker] { worker.run(stop_.get_token()); })
          ) {}
    ~RunningWorker() { stop_.request_stop(); }
    RunningWorker(const RunningWorker&) = delete;
    RunningWorker& operator=(const RunningWorker&) = delete;

    void request_stop() { stop_.request_stop(); }
    /// Waits until `run` returns and throws what it threw; false if it does not in time.
    bool wait(std::chrono::steady_clock::duration timeout = kPatience) {
        if (ended_.wait_for(timeout) != std::future_status::ready) {
            return false;
        }
        ended_.get();
        return true;
    }

private:
    std::stop_source stop_;
    std::future<void> ended_;
};

}  // namespace temporal::worker
