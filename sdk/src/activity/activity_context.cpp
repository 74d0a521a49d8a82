#include "temporal/activity_context.hpp"

#include "activity/running_activity.hpp"
#include "temporal/failure.hpp"

#include <utility>

namespace temporal {

ActivityContext::ActivityContext(std::shared_ptr<activity::RunningActivity> running) noexcept
    : running_(std::move(running)) {}

const ActivityInfo& ActivityContext::info() const noexcept {
    return running_->info();
}

std::stop_token ActivityContext::stop_token() const noexcept {
    return running_->stop_token();
}

std::optional<ActivityCancelReason> ActivityContext::cancel_reason() const {
    return running_->cancel_reason();
}

void ActivityContext::throw_if_canceled() const {
    if (running_->stop_token().stop_requested()) {
        throw CanceledFailure();
    }
}

std::stop_token ActivityContext::worker_shutting_down() const noexcept {
    return running_->shutting_down();
}

void ActivityContext::heartbeat_every(Duration interval) {
    running_->heartbeat_every(interval);
}

void ActivityContext::record_heartbeat(Payloads details) {
    running_->heartbeat(std::move(details));
}

const Payloads& ActivityContext::previous_heartbeat_details() const noexcept {
    return running_->previous_details();
}

}  // namespace temporal
