/// @file activity/heartbeat_schedule.hpp
/// @brief When which activity's heartbeat is to be repeated.
#pragma once

#include "temporal/retry_policy.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace temporal::activity {

class RunningActivity;

/// Pure: time is passed in. Activities that are gone leave the schedule when they would be due.
class HeartbeatSchedule {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// Adds the activity, or replaces its interval.
    void repeat(const std::shared_ptr<RunningActivity>& activity, Duration interval, TimePoint now);
    /// When the next one is due; empty if none is.
    [[nodiscard]] std::optional<TimePoint> next() const;
    /// The activities that are due, each put back one interval from now.
    [[nodiscard]] std::vector<std::shared_ptr<RunningActivity>> take_due(TimePoint now);

private:
    using Key = std::weak_ptr<RunningActivity>;
    struct Entry {
        Key activity;
        Duration interval;
    };
    using Queue = std::multimap<TimePoint, Entry>;

    void put(const Key& activity, Duration interval, TimePoint due);

    Queue queue_;
    std::map<Key, Queue::iterator, std::owner_less<>> places_;
};

}  // namespace temporal::activity
