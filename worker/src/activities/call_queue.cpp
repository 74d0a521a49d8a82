#include "activities/call_queue.hpp"

namespace inference {

void CallQueue::enter(int priority, std::shared_ptr<QueuedCall> call) {
    std::unique_lock lock(mutex_);
    if (closed_) {
        lock.unlock();
        return call->drop();
    }
    waiting_.emplace(std::pair(priority, ++arrivals_), std::move(call));
    lock.unlock();
    begin_what_has_room();
}

bool CallQueue::withdraw(const QueuedCall& call) {
    const std::lock_guard lock(mutex_);
    return std::erase_if(waiting_, [&](const auto& entry) { return entry.second.get() == &call; }) >
           0;
}

void CallQueue::leave() {
    {
        const std::lock_guard lock(mutex_);
        --running_;
    }
    begin_what_has_room();
}

void CallQueue::close() {
    decltype(waiting_) left;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        left.swap(waiting_);
    }
    for (const auto& [place, call] : left) {
        call->drop();
    }
}

void CallQueue::begin_what_has_room() {
    std::unique_lock lock(mutex_);
    if (beginning_) {
        return;
    }
    beginning_ = true;
    while (!waiting_.empty() && has_room()) {
        const std::shared_ptr<QueuedCall> call = waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        ++running_;
        lock.unlock();
        call->begin();
        lock.lock();
    }
    beginning_ = false;
}

}  // namespace inference
