#include "worker/serial_executor.hpp"

#include <utility>

namespace temporal::worker {

SerialExecutor::~SerialExecutor() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void SerialExecutor::post(std::function<void()> job) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        was_empty = jobs_.empty();
        jobs_.push_back(std::move(job));
    }
    // A thread that has work takes all of it at once, so it needs no second wake-up.
    if (was_empty) {
        wake_.notify_one();
    }
}

void SerialExecutor::run() {
    std::vector<std::function<void()>> batch;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
            if (jobs_.empty()) {
                return;
            }
            batch.swap(jobs_);
        }
        for (auto& job : batch) {
            job();
        }
        batch.clear();
    }
}

}  // namespace temporal::worker
