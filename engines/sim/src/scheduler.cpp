#include "scheduler.hpp"

#include <utility>

namespace engine_sim {

bool Scheduler::submit(
    CallId call, const std::vector<Duration>& sequences, int priority, TimePoint now, Tell tell
) {
    // Slots that have fallen free by now are taken by those who waited, not by the newcomer.
    finish_until(now);
    if (running_.size() >= limits_.slots && waiting_.size() >= limits_.queue) {
        return false;
    }
    calls_.emplace(call, Call{.unfinished = sequences.size(), .tell = tell});
    const int rank = limits_.by_priority ? priority : 0;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        waiting_.insert(
            {.priority = rank,
             .order = next_order_++,
             .call = call,
             .sequence = i,
             .service = sequences[i]}
        );
    }
    fill_slots(now);
    return true;
}

void Scheduler::remove(CallId call, TimePoint now) {
    finish_until(now);
    calls_.erase(call);
    std::erase_if(waiting_, [call](const Waiting& waiting) { return waiting.call == call; });
    std::erase_if(running_, [call](const auto& running) { return running.second == call; });
    std::erase_if(untold_, [call](const Event& event) { return event.call == call; });
    fill_slots(now);
}

std::vector<Scheduler::Event> Scheduler::advance(TimePoint now) {
    finish_until(now);
    return std::exchange(untold_, {});
}

std::optional<TimePoint> Scheduler::next_event() const {
    if (!untold_.empty()) {
        return untold_.front().at;
    }
    if (running_.empty()) {
        return std::nullopt;
    }
    return running_.begin()->first;
}

void Scheduler::fill_slots(TimePoint now) {
    while (running_.size() < limits_.slots && !waiting_.empty()) {
        const Waiting first = *waiting_.begin();
        waiting_.erase(waiting_.begin());
        running_.emplace(now + first.service, first.call);
        Call& call = calls_.at(first.call);
        if (!std::exchange(call.started, true)) {
            untold_.push_back({.kind = Event::Kind::kStarted, .call = first.call, .at = now});
        }
        if (call.tell == Tell::kSequences) {
            untold_.push_back(
                {.kind = Event::Kind::kSequenceStarted,
                 .call = first.call,
                 .at = now,
                 .sequence = first.sequence}
            );
        }
    }
}

void Scheduler::finish_until(TimePoint now) {
    while (!running_.empty() && running_.begin()->first <= now) {
        const auto [end, id] = *running_.begin();
        running_.erase(running_.begin());
        const auto call = calls_.find(id);
        if (--call->second.unfinished == 0) {
            calls_.erase(call);
            untold_.push_back({.kind = Event::Kind::kFinished, .call = id, .at = end});
        }
        fill_slots(end);
    }
}

}  // namespace engine_sim
