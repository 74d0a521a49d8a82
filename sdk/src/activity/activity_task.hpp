/// @file activity/activity_task.hpp
/// @brief What core asks of the activity side and what it is told: plain data, free of protobuf.
#pragma once

#include "temporal/activity_context.hpp"
#include "temporal/failure.hpp"
#include "temporal/payload.hpp"
#include "temporal/priority.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace temporal::activity {

/// One attempt of one activity is to run here.
struct StartActivity {
    std::string workflow_namespace;
    std::string workflow_id;
    std::string workflow_run_id;
    std::string workflow_type;
    std::string activity_id;
    std::string activity_type;
    PayloadMap headers;
    Payloads input;
    Payloads heartbeat_details;  ///< What the attempt before had last reported.
    std::uint32_t attempt = 1;  ///< The first is 1.
    bool is_local = false;
    std::chrono::system_clock::time_point
        scheduled_time;  ///< When the first attempt was scheduled.
    std::chrono::system_clock::time_point current_attempt_scheduled_time;
    std::chrono::system_clock::time_point started_time;
    std::optional<std::chrono::nanoseconds> schedule_to_close;
    std::optional<std::chrono::nanoseconds> start_to_close;
    std::optional<std::chrono::nanoseconds> heartbeat_timeout;
    Priority priority;
};

using CancelReason = ActivityCancelReason;

/// Comes at most once for a task, perhaps after it was completed: then it is to be ignored.
struct CancelActivity {
    CancelReason reason = CancelReason::kCanceled;
};

/// `task_token` names the attempt; opaque bytes, unique among the tasks that are running.
struct ActivityTask {
    std::string task_token;
    std::variant<StartActivity, CancelActivity> variant;
};

struct Completed {
    Payload result;
};
struct Failed {
    FailurePtr failure;
};
/// `failure` is a CanceledFailure.
struct Canceled {
    FailurePtr failure;
};
/// Someone else completes it by its token later. Core refuses this for a local activity.
struct WillCompleteAsync {};

/// The one answer to a StartActivity.
using ActivityResult = std::variant<Completed, Failed, Canceled, WillCompleteAsync>;

}  // namespace temporal::activity
