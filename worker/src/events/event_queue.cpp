#include "events/event_queue.hpp"

#include <algorithm>
#include <iterator>

namespace inference {
namespace {

std::string& text_of(Event& event) {
    return event.data["text"].get_ref<std::string&>();
}

/// Of the texts alone: other events are bounded by their number.
std::size_t bytes_of(const Event& event) {
    if (event.type != EventType::kToken) {
        return 0;
    }
    const auto text = event.data.find("text");
    return text == event.data.end() ? 0 : text->get_ref<const std::string&>().size();
}

}  // namespace

void EventQueue::push(Event event, Time now) {
    const Key key{event.job_id, event.epoch};
    Epoch& epoch = epochs_[key];
    if (event.type == EventType::kToken) {
        return push_text(key, epoch, std::move(event), now);
    }
    const bool is_end = event.type == EventType::kEnd;
    end_text(key, epoch);
    if (has_room(0)) {
        event.seq = ++epoch.seq;
        ready_.push_back(std::move(event));
    } else {
        ++epoch.seq;
        ++counts_.dropped;
    }
    if (is_end) {
        epochs_.erase(key);
    }
}

void EventQueue::push_text(const Key& key, Epoch& epoch, Event event, Time now) {
    if (!has_room(bytes_of(event))) {
        return drop(epoch);
    }
    bytes_ += bytes_of(event);
    if (epoch.text && !epoch.has_gap && epoch.text->data["index"] == event.data["index"]) {
        text_of(*epoch.text) += text_of(event);
    } else {
        end_text(key, epoch);
        start_text(key, epoch, std::move(event), now);
    }
    if (++epoch.pieces >= limits_.pieces) {
        set_due(key, epoch, now);
    }
}

void EventQueue::start_text(const Key& key, Epoch& epoch, Event event, Time now) {
    if (std::exchange(epoch.has_gap, false)) {
        event.data["gap"] = true;
    }
    event.seq = ++epoch.seq;
    epoch.text = std::move(event);
    epoch.pieces = 0;
    const Time due = epoch.last_text ? std::max(now, *epoch.last_text + limits_.pause) : now;
    epoch.due = due;
    waiting_.emplace(due, key);
    epoch.last_text = due;
}

void EventQueue::drop(Epoch& epoch) {
    // One number for all that is missing in a row.
    if (!std::exchange(epoch.has_gap, true)) {
        ++epoch.seq;
    }
    ++counts_.dropped;
}

bool EventQueue::has_room(std::size_t bytes) const {
    return ready_.size() + waiting_.size() < limits_.events && bytes_ + bytes <= limits_.bytes;
}

void EventQueue::close(const std::string& job_id, std::int64_t epoch) {
    const auto known = epochs_.find({job_id, epoch});
    if (known != epochs_.end()) {
        end_text(known->first, known->second);
        epochs_.erase(known);
    }
}

void EventQueue::end_text(const Key& key, Epoch& epoch) {
    if (epoch.text) {
        waiting_.erase({epoch.due, key});
        ready_.push_back(*std::move(epoch.text));
        epoch.text.reset();
    }
}

void EventQueue::set_due(const Key& key, Epoch& epoch, Time due) {
    waiting_.erase({epoch.due, key});
    waiting_.emplace(due, key);
    epoch.due = due;
    epoch.last_text = due;
}

std::vector<Event> EventQueue::take(Time now) {
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
        const Key key = waiting_.begin()->second;
        end_text(key, epochs_.at(key));
    }
    std::vector<Event> taken = std::exchange(ready_, {});
    for (const Event& event : taken) {
        bytes_ -= bytes_of(event);
    }
    return taken;
}

std::vector<Event> EventQueue::take_all() {
    return take(waiting_.empty() ? Time::min() : std::prev(waiting_.end())->first);
}

std::optional<EventQueue::Time> EventQueue::next_due() const {
    if (!ready_.empty()) {
        return Time::min();
    }
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first);
}

void EventQueue::wrote(const std::vector<Event>& events) {
    counts_.written += events.size();
}

void EventQueue::lost(const std::vector<Event>& events) {
    counts_.dropped += events.size();
    for (const Event& event : events) {
        const auto epoch = epochs_.find({event.job_id, event.epoch});
        if (event.type == EventType::kToken && epoch != epochs_.end()) {
            epoch->second.has_gap = true;
            if (epoch->second.text) {  // That follows it.
                epoch->second.text->data["gap"] = true;
                epoch->second.has_gap = false;
            }
        }
    }
}

}  // namespace inference
