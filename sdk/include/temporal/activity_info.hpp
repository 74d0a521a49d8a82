/// @file temporal/activity_info.hpp
/// @brief What an activity knows of the attempt it is.
#pragma once

#include "temporal/payload.hpp"
#include "temporal/priority.hpp"
#include "temporal/retry_policy.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace temporal {

/// Facts of one attempt, fixed when it started.
struct ActivityInfo {
    std::string activity_id;
    std::string activity_type;
    std::string namespace_name;
    std::string task_queue;
    std::string workflow_id;
    std::string workflow_run_id;
    std::string workflow_type;
    std::int32_t attempt = 1;  ///< The first is 1.
    bool is_local = false;  ///< Run by the workflow's own worker; does not heartbeat.
    std::chrono::system_clock::time_point
        scheduled_time;  ///< When the first attempt was scheduled.
    std::chrono::system_clock::time_point current_attempt_scheduled_time;
    std::chrono::system_clock::time_point started_time;
    std::optional<Duration> schedule_to_close;
    std::optional<Duration> start_to_close;
    std::optional<Duration> heartbeat_timeout;
    PayloadMap headers;
    Priority priority;
};

}  // namespace temporal
