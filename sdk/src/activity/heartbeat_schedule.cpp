#include "activity/heartbeat_schedule.hpp"

namespace temporal::activity {

void HeartbeatSchedule::put(const Key& activity, Duration interval, TimePoint due) {
    places_[activity] = queue_.emplace(due, Entry{activity, interval});
}

void HeartbeatSchedule::repeat(
    const std::shared_ptr<RunningActivity>& activity, Duration interval, TimePoint now
) {
    if (const auto place = places_.find(activity); place != places_.end()) {
        queue_.erase(place->second);
    }
    put(activity, interval, now + interval);
}

std::optional<HeartbeatSchedule::TimePoint> HeartbeatSchedule::next() const {
    if (queue_.empty()) {
        return std::nullopt;
    }
    return queue_.begin()->first;
}

std::vector<std::shared_ptr<RunningActivity>> HeartbeatSchedule::take_due(TimePoint now) {
    std::vector<std::shared_ptr<RunningActivity>> due;
    while (!queue_.empty() && queue_.begin()->first <= now) {
        const Entry entry = queue_.begin()->second;
        queue_.erase(queue_.begin());
        if (auto activity = entry.activity.lock()) {
            put(entry.activity, entry.interval, now + entry.interval);
            due.push_back(std::move(activity));
        } else {
            places_.erase(entry.activity);
        }
    }
    return due;
}

}  // namespace temporal::activity
