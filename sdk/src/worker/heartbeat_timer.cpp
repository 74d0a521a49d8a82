#include "worker/heartbeat_timer.hpp"

#include "activity/running_activity.hpp"

#include <chrono>

namespace temporal::worker {

void HeartbeatTimer::repeat(
    const std::shared_ptr<activity::RunningActivity>& activity, Duration interval
) {
    const std::lock_guard lock(mutex_);
    if (stopped_) {
        return;
    }
    schedule_.repeat(activity, interval, std::chrono::steady_clock::now());
    if (!thread_.joinable()) {
        thread_ = std::thread([this] { run(); });
    }
    wake_.notify_one();
}

void HeartbeatTimer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void HeartbeatTimer::run() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        auto due = schedule_.take_due(std::chrono::steady_clock::now());
        if (!due.empty()) {
            // Outside the lock, for the last owner of an attempt may be this one.
            lock.unlock();
            for (const auto& activity : due) {
                activity->repeat_heartbeat();
            }
            due.clear();
            lock.lock();
        } else if (const auto next = schedule_.next()) {
            wake_.wait_until(lock, *next);
        } else {
            wake_.wait(lock);
        }
    }
}

}  // namespace temporal::worker
