/// @file recording_host.hpp
/// @brief Keeps what an attempt reports, for tests.
#pragma once

#include "activity/running_activity.hpp"
#include "temporal/payload.hpp"

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace temporal::activity {

class RecordingHost final : public ActivityHost {
public:
    void report(const RunningActivity& /*activity*/, ActivityResult result) override {
        const std::lock_guard lock(mutex_);
        reports_.push_back(std::move(result));
    }
    void heartbeat(const RunningActivity& /*activity*/, const Payloads& details) override {
        const std::lock_guard lock(mutex_);
        heartbeats_.push_back(details);
    }
    void repeat_heartbeats(const std::shared_ptr<RunningActivity>& /*activity*/, Duration interval)
        override {
        intervals_.push_back(interval);
    }
    [[nodiscard]] std::stop_token shutting_down() const override { return shutdown.get_token(); }

    [[nodiscard]] std::vector<ActivityResult> reports() const {
        const std::lock_guard lock(mutex_);
        return reports_;
    }
    [[nodiscard]] std::vector<Payloads> heartbeats() const {
        const std::lock_guard lock(mutex_);
        return heartbeats_;
    }
    [[nodiscard]] const std::vector<Duration>& intervals() const noexcept { return intervals_; }

    std::stop_source shutdown;

private:
    mutable std::mutex mutex_;
    std::vector<ActivityResult> reports_;
    std::vector<Payloads> heartbeats_;
    std::vector<Duration> intervals_;
};

/// An attempt that nothing but the test runs.
inline std::shared_ptr<RunningActivity> make_running(
    std::shared_ptr<RecordingHost> host, Payloads previous_details = {}
) {
    return std::make_shared<RunningActivity>(
        "token",
        ActivityInfo{.activity_id = "1", .activity_type = "infer"},
        std::move(previous_details),
        std::move(host)
    );
}

/// The ApplicationFailure of a report; null if it is none.
inline const ApplicationFailure* application_failure(const ActivityResult& result) {
    const auto* failed = std::get_if<Failed>(&result);
    return failed == nullptr ? nullptr
                             : dynamic_cast<const ApplicationFailure*>(failed->failure.get());
}

}  // namespace temporal::activity
