/// @file cli/job_log.hpp
/// @brief The log line of a finished job.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/token_usage.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace inference::cli {

/// {"job_id","model","input_tokens","output_tokens","latency_ms","status"}, and of a job that failed also
/// {"class","code","error"}; the log adds the timestamp.
nlohmann::json finished_fields(
    const JobStatus& job, const TokenUsage& usage, std::chrono::milliseconds latency
);

}  // namespace inference::cli
