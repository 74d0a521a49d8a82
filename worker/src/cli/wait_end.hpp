/// @file cli/wait_end.hpp
/// @brief Why a command stops waiting for a job that goes on.
#pragma once

#include "cli/exit_code.hpp"

#include <string>

namespace inference::cli {

struct WaitEnd {
    ExitCode code = ExitCode::kTimedOut;  ///< 4, 5; 130 or 143 by a signal.
    std::string message;  ///< Why, and how to come back.
};

/// "job 'j1' goes on", and a line for each way back to it.
std::string goes_on_text(const std::string& job_id);

}  // namespace inference::cli
