/// @file cli/job_memo.hpp
/// @brief What a job shows of itself where nobody can be asked: in lists, and while it waits for a worker.
#pragma once

#include "contracts/priority.hpp"
#include "temporal/payload.hpp"

#include <string>

namespace inference::cli {

/// {"model","priority"}. Never encrypted, so nothing of the input is in it.
temporal::PayloadMap job_memo(const std::string& model, Priority priority);

}  // namespace inference::cli
