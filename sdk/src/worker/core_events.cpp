#include "worker/core_events.hpp"

#include <utility>

namespace temporal::worker {

void CoreEvents::poll_failed(std::string error) {
    const std::lock_guard lock(mutex_);
    last_poll_error_ = std::move(error);
}

void CoreEvents::stopped(bridge::TaskKind kind) {
    const std::lock_guard lock(mutex_);
    (kind == bridge::TaskKind::kWorkflow ? workflows_polled_ : activities_polled_) = false;
    some_stopped_ = true;
    changed_.notify_all();
}

void CoreEvents::finalized() {
    const std::lock_guard lock(mutex_);
    finalized_ = true;
    changed_.notify_all();
}

bool CoreEvents::wait_for_stop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    return !changed_.wait(lock, stop, [this] { return some_stopped_; });
}

bool CoreEvents::wait_until_all_stopped(Deadline deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [this] {
        return !workflows_polled_ && !activities_polled_;
    });
}

bool CoreEvents::wait_until_finalized(Deadline deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [this] { return finalized_; });
}

std::string CoreEvents::last_poll_error() const {
    const std::lock_guard lock(mutex_);
    return last_poll_error_;
}

}  // namespace temporal::worker
