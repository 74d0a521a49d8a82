/// @file cli/worker_command.hpp
/// @brief `worker`: serves the queues until it is told to stop.
#pragma once

namespace inference::cli {

class CommandLine;

/// A first SIGTERM or SIGINT drains and ends with 0, a second ends at once with 143 or 130.
void add_worker(CommandLine& line);

}  // namespace inference::cli
