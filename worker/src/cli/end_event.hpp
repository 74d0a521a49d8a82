/// @file cli/end_event.hpp
/// @brief What the watchers of a job are told when it has ended.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/token_usage.hpp"
#include "events/event.hpp"

#include <string>

namespace inference::cli {

/// {"state","attempts","usage"}, of a batch also "counts", of a failed job also "error": {"class","code"}.
Event end_event(const JobStatus& job, const TokenUsage& usage, const std::string& run_id);

}  // namespace inference::cli
