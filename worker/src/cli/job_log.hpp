/// @file cli/job_log.hpp
/// @brief The log line of a finished job.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/token_usage.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string_view>

namespace inference::cli {

/// {"job_id","model","input_tokens","output_tokens","latency_ms","status"}, of a job that is part of a trace also {"trace_id"}, and
/// of one that failed {"class","code","error"}; the log adds the timestamp.
nlohmann::json finished_fields(
    const JobStatus& job,
    const TokenUsage& usage,
    std::chrono::milliseconds latency,
    std::string_view trace_id = {}
);

}  // namespace inference::cli
