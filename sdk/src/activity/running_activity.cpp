#include "activity/running_activity.hpp"

#include "activity/outcome.hpp"

#include <stdexcept>
#include <utility>

namespace temporal::activity {

RunningActivity::RunningActivity(
    std::string task_token,
    ActivityInfo info,
    Payloads previous_details,
    std::shared_ptr<ActivityHost> host
)
    : task_token_(std::move(task_token)),
      info_(std::move(info)),
      previous_details_(std::move(previous_details)),
      host_(std::move(host)),
      // Repeated before the activity has reported anything, they would otherwise wipe out what the
      // attempt before saved.
      latest_details_(previous_details_) {}

std::optional<CancelReason> RunningActivity::cancel_reason() const {
    const std::lock_guard lock(mutex_);
    return state_.cancel_reason();
}

void RunningActivity::run(const detail::ActivityType& type, const Payloads& input) {
    if (ended()) {
        return;  // Abandoned while it waited for a thread.
    }
    try {
        type.run(
            ActivityContext(shared_from_this()), input, detail::AnyCompletion(shared_from_this())
        );
    } catch (...) {
        fail(std::current_exception());
    }
    std::unique_lock lock(mutex_);
    const bool ended_by_drop = state_.started();
    lock.unlock();
    if (ended_by_drop) {
        report_dropped();
    }
}

void RunningActivity::heartbeat(Payloads details) {
    const std::lock_guard lock(mutex_);
    if (state_.ended()) {
        return;
    }
    latest_details_ = std::move(details);
    host_->heartbeat(*this, latest_details_);
}

void RunningActivity::heartbeat_every(Duration interval) {
    if (interval <= Duration::zero()) {
        throw std::invalid_argument("heartbeat_every: the interval must be above zero");
    }
    host_->repeat_heartbeats(shared_from_this(), interval);
}

void RunningActivity::repeat_heartbeat() {
    const std::lock_guard lock(mutex_);
    if (!state_.ended()) {
        host_->heartbeat(*this, latest_details_);
    }
}

bool RunningActivity::ended() const {
    const std::lock_guard lock(mutex_);
    return state_.ended();
}

bool RunningActivity::end() {
    const std::lock_guard lock(mutex_);
    return state_.end();
}

bool RunningActivity::complete(Payload result) {
    if (!end()) {
        return false;
    }
    host_->report(*this, Completed{std::move(result)});
    return true;
}

bool RunningActivity::fail(const std::exception_ptr& error) {
    if (!end()) {
        return false;
    }
    host_->report(*this, result_of(error, cancel_reason()));
    return true;
}

void RunningActivity::drop() {
    std::unique_lock lock(mutex_);
    const bool ended_by_drop = state_.drop();
    lock.unlock();
    if (ended_by_drop) {
        report_dropped();
    }
}

void RunningActivity::report_dropped() {
    host_->report(*this, Failed{dropped_completion(info_.activity_type)});
}

void RunningActivity::request_cancel(CancelReason reason) {
    std::unique_lock lock(mutex_);
    const bool counts = state_.request_cancel(reason);
    lock.unlock();
    if (counts) {
        stop_.request_stop();
    }
}

bool RunningActivity::abandon() {
    if (!end()) {
        return false;
    }
    host_->report(
        *this, stopped(CancelReason::kWorkerShutdown, CanceledFailure("worker shutdown"))
    );
    return true;
}

ActivityInfo to_activity_info(const StartActivity& start, std::string task_queue) {
    return {
        .activity_id = start.activity_id,
        .activity_type = start.activity_type,
        .namespace_name = start.workflow_namespace,
        .task_queue = std::move(task_queue),
        .workflow_id = start.workflow_id,
        .workflow_run_id = start.workflow_run_id,
        .workflow_type = start.workflow_type,
        .attempt = static_cast<std::int32_t>(start.attempt),
        .is_local = start.is_local,
        .scheduled_time = start.scheduled_time,
        .current_attempt_scheduled_time = start.current_attempt_scheduled_time,
        .started_time = start.started_time,
        .schedule_to_close = start.schedule_to_close,
        .start_to_close = start.start_to_close,
        .heartbeat_timeout = start.heartbeat_timeout,
        .headers = start.headers,
        .priority = start.priority
    };
}

}  // namespace temporal::activity
