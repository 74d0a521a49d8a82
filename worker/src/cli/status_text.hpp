/// @file cli/status_text.hpp
/// @brief A job's status for people.
#pragma once

#include "contracts/job_status.hpp"

#include <string>

namespace inference::cli {

/// A line for each thing worth saying, and what to do next about an error.
std::string to_text(const JobStatus& status);

/// All of it in one line, without the job's id: "running, infer, 33 %, try 2, retries: 1 Transient; error: ...".
std::string to_line(const JobStatus& status);

/// How much is done: "33 %", and of a batch "41/300, 2 failed".
std::string done_text(const JobStatus& status);

}  // namespace inference::cli
