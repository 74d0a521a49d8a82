/// @file cli/result.hpp
/// @brief `result`: the answer of a job that was submitted before.
#pragma once

namespace inference::cli {

class CommandLine;

/// Waits where the job still runs, as `submit` does.
void add_result(CommandLine& line);

}  // namespace inference::cli
