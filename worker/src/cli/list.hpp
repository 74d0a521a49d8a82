/// @file cli/list.hpp
/// @brief `list`: the jobs that Temporal holds.
#pragma once

namespace inference::cli {

class CommandLine;

/// JSON: an array of what `status` prints, newest first.
void add_list(CommandLine& line);

}  // namespace inference::cli
