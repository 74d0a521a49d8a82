/// @file activity/running_activity.hpp
/// @brief One attempt of an activity, from its start to its report.
#pragma once

#include "activity/activity_state.hpp"
#include "activity/activity_task.hpp"
#include "temporal/activity_info.hpp"
#include "temporal/detail/activity_type.hpp"
#include "temporal/payload.hpp"

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace temporal::activity {

class RunningActivity;

/// What an attempt needs of whoever runs it.
///
/// Threads: every member is called from any thread.
class ActivityHost {
public:
    virtual ~ActivityHost() = default;
    /// Called once for each attempt, after its last heartbeat.
    virtual void report(const RunningActivity& activity, ActivityResult result) = 0;
    /// Called under the attempt's lock: must not call back into it.
    virtual void heartbeat(const RunningActivity& activity, const Payloads& details) = 0;
    /// Calls `repeat_heartbeat` every `interval`, as long as the attempt lives.
    virtual void repeat_heartbeats(
        const std::shared_ptr<RunningActivity>& activity, Duration interval
    ) = 0;
    [[nodiscard]] virtual std::stop_token shutting_down() const = 0;
};

/// The shared state behind ActivityContext and Completion.
///
/// Threads: any. Only `request_cancel` calls user code (stop callbacks), and holds no lock
///          meanwhile.
class RunningActivity : public std::enable_shared_from_this<RunningActivity> {
public:
    RunningActivity(
        std::string task_token,
        ActivityInfo info,
        Payloads previous_details,
        std::shared_ptr<ActivityHost> host
    );

    [[nodiscard]] const std::string& task_token() const noexcept { return task_token_; }
    [[nodiscard]] const ActivityInfo& info() const noexcept { return info_; }
    [[nodiscard]] const Payloads& previous_details() const noexcept { return previous_details_; }
    [[nodiscard]] std::stop_token stop_token() const noexcept { return stop_.get_token(); }
    [[nodiscard]] std::stop_token shutting_down() const { return host_->shutting_down(); }
    [[nodiscard]] std::optional<CancelReason> cancel_reason() const;

    /// Calls the activity's function; what it throws fails the attempt.
    void run(const detail::ActivityType& type, const Payloads& input);

    void heartbeat(Payloads details);
    void heartbeat_every(Duration interval);
    void repeat_heartbeat();

    /// Each is true if it ended the attempt, and reports it then.
    bool complete(Payload result);
    bool fail(const std::exception_ptr& error);
    /// The completion was destroyed; fails the attempt if it had not ended.
    void drop();

    /// Fires the stop token, unless the attempt has ended or was asked before.
    void request_cancel(CancelReason reason);
    /// Reports the attempt as stopped by the worker's shutdown, whatever its function does; what it
    /// reports later is lost.
    bool abandon();

private:
    [[nodiscard]] bool ended() const;
    bool end();
    void report_dropped();

    const std::string task_token_;
    const ActivityInfo info_;
    const Payloads previous_details_;
    const std::shared_ptr<ActivityHost> host_;
    std::stop_source stop_;

    mutable std::mutex mutex_;
    ActivityState state_;
    Payloads latest_details_;
};

/// The attempt's facts in their public form.
[[nodiscard]] ActivityInfo to_activity_info(const StartActivity& start, std::string task_queue);

}  // namespace temporal::activity
