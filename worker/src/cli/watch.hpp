/// @file cli/watch.hpp
/// @brief `watch`: a job as it changes, until it ends.
#pragma once

namespace inference::cli {

class CommandLine;

/// JSON: what `status` prints, a line for each change; the last is final.
void add_watch(CommandLine& line);

}  // namespace inference::cli
