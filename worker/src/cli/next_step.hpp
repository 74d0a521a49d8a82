/// @file cli/next_step.hpp
/// @brief What a person can do about a job as it stands.
#pragma once

#include "contracts/job_status.hpp"

#include <string>

namespace inference::cli {

/// One line, such as "inference-worker models lists what there is"; empty where there is nothing to do.
std::string next_step(const JobStatus& status);

}  // namespace inference::cli
