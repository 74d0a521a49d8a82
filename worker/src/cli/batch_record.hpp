/// @file cli/batch_record.hpp
/// @brief A batch's status, read from Temporal's own record where no worker can be asked.
#pragma once

#include "contracts/job_status.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace inference::cli {

/// As status_from_history(), of a history of BatchWorkflow. Items count as their chunks end.
///
/// Errors: none; what is missing or strange stays at its default.
JobStatus batch_status_from_history(const nlohmann::json& history, const std::string& job_id);

}  // namespace inference::cli
