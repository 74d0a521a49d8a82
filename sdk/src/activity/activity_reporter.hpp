/// @file activity/activity_reporter.hpp
/// @brief Where reports of attempts go.
#pragma once

#include "activity/activity_task.hpp"
#include "temporal/payload.hpp"

#include <string>

namespace temporal::activity {

/// Threads: any, several at once. Nothing here blocks.
class ActivityReporter {
public:
    virtual ~ActivityReporter() = default;
    virtual void complete(const std::string& task_token, ActivityResult result) = 0;
    virtual void heartbeat(const std::string& task_token, const Payloads& details) = 0;
};

}  // namespace temporal::activity
