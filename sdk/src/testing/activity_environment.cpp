#include "temporal/testing/activity_environment.hpp"

#include "activity/running_activity.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <stop_token>
#include <variant>

namespace temporal::testing {

class ActivityEnvironment::Host final : public activity::ActivityHost {
public:
    void report(const activity::RunningActivity& /*activity*/, activity::ActivityResult result)
        override {
        const std::lock_guard lock(mutex_);
        result_ = std::move(result);
        changed_.notify_all();
    }

    void heartbeat(const activity::RunningActivity& /*activity*/, const Payloads& details)
        override {
        const std::lock_guard lock(mutex_);
        heartbeats_.push_back(details);
        changed_.notify_all();
    }

    void repeat_heartbeats(
        const std::shared_ptr<activity::RunningActivity>& /*activity*/, Duration interval
    ) override {
        const std::lock_guard lock(mutex_);
        interval_ = interval;
    }

    [[nodiscard]] std::stop_token shutting_down() const override {
        return shutting_down_.get_token();
    }

    void shut_down() { shutting_down_.request_stop(); }

    [[nodiscard]] activity::ActivityResult wait_for_result() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return result_.has_value(); });
        return *result_;
    }

    [[nodiscard]] bool wait_for_heartbeats(std::size_t count, Duration timeout) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, timeout, [&] { return heartbeats_.size() >= count; });
    }

    [[nodiscard]] std::vector<Payloads> heartbeats() const {
        const std::lock_guard lock(mutex_);
        return heartbeats_;
    }

    [[nodiscard]] std::optional<Duration> interval() const {
        const std::lock_guard lock(mutex_);
        return interval_;
    }

private:
    std::stop_source shutting_down_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<activity::ActivityResult> result_;
    std::vector<Payloads> heartbeats_;
    std::optional<Duration> interval_;
};

ActivityEnvironment::ActivityEnvironment(ActivityInfo info, Payloads previous_heartbeat_details)
    : host_(std::make_shared<Host>()),
      running_(std::make_shared<activity::RunningActivity>(
          "test", std::move(info), std::move(previous_heartbeat_details), host_
      )) {}

ActivityEnvironment::~ActivityEnvironment() = default;

ActivityInfo ActivityEnvironment::default_info() {
    return {
        .activity_id = "test",
        .activity_type = "test",
        .namespace_name = "default",
        .task_queue = "test",
        .workflow_id = "test",
        .workflow_run_id = "test",
        .workflow_type = "test"
    };
}

Payload ActivityEnvironment::run_encoded(const detail::ActivityType& type, const Payloads& input) {
    running_->run(type, input);
    const activity::ActivityResult result = host_->wait_for_result();
    if (const auto* completed = std::get_if<activity::Completed>(&result)) {
        return completed->result;
    }
    const auto* canceled = std::get_if<activity::Canceled>(&result);
    const FailurePtr& failure =
        canceled != nullptr ? canceled->failure : std::get<activity::Failed>(result).failure;
    std::rethrow_exception(detail::as_exception(*failure));
}

ActivityContext ActivityEnvironment::context() const {
    return ActivityContext(running_);
}

void ActivityEnvironment::cancel(ActivityCancelReason reason) {
    running_->request_cancel(reason);
}

void ActivityEnvironment::shut_down_worker() {
    host_->shut_down();
}

std::vector<Payloads> ActivityEnvironment::heartbeats() const {
    return host_->heartbeats();
}

bool ActivityEnvironment::wait_for_heartbeats(std::size_t count, Duration timeout) const {
    return host_->wait_for_heartbeats(count, timeout);
}

std::optional<Duration> ActivityEnvironment::heartbeat_interval() const {
    return host_->interval();
}

void ActivityEnvironment::repeat_heartbeat() {
    running_->repeat_heartbeat();
}

}  // namespace temporal::testing
