/// @file cli/status_text.hpp
/// @brief A job's status for people.
#pragma once

#include "contracts/job_status.hpp"

#include <string>

namespace inference::cli {

/// A line for each thing worth saying.
std::string to_text(const JobStatus& status);

}  // namespace inference::cli
