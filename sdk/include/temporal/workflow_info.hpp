/// @file temporal/workflow_info.hpp
/// @brief What a workflow run knows of itself.
#pragma once

#include "temporal/payload.hpp"
#include "temporal/priority.hpp"
#include "temporal/search_attributes.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace temporal {

/// Facts fixed when the run started, but for its memo and search attributes. Replay: the same on every replay.
struct WorkflowInfo {
    std::string workflow_id;
    std::string run_id;
    std::string workflow_type;
    std::string namespace_name;
    std::string task_queue;
    std::int32_t attempt = 1;
    std::chrono::system_clock::time_point start_time;
    std::optional<std::chrono::nanoseconds> execution_timeout;
    std::optional<std::chrono::nanoseconds> run_timeout;
    std::optional<std::chrono::nanoseconds> task_timeout;
    std::string first_execution_run_id;
    std::string continued_run_id;  ///< The run that continued as this one; empty for the first.
    std::string parent_workflow_id;  ///< Empty for a workflow without a parent.
    PayloadMap memo;  ///< As of now: upserts show at once.
    SearchAttributes search_attributes;  ///< As of now.
    Priority priority;
};

}  // namespace temporal
