/// @file worker/heartbeat_timer.hpp
/// @brief One thread that repeats the heartbeats of all activities that asked for it.
#pragma once

#include "activity/heartbeat_schedule.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace temporal::worker {

/// Threads: any. The thread is made with the first activity.
class HeartbeatTimer {
public:
    HeartbeatTimer() = default;
    ~HeartbeatTimer() { stop(); }
    HeartbeatTimer(const HeartbeatTimer&) = delete;
    HeartbeatTimer& operator=(const HeartbeatTimer&) = delete;

    void repeat(const std::shared_ptr<activity::RunningActivity>& activity, Duration interval);
    /// Returns once no heartbeat is being repeated, and none will be.
    void stop();

private:
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    activity::HeartbeatSchedule schedule_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace temporal::worker
