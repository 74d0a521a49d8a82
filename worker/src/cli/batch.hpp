/// @file cli/batch.hpp
/// @brief `batch`: a file of requests, and a file of answers.
#pragma once

namespace inference::cli {

class CommandLine;

/// Checks the whole file before anything is started, and waits for the end, unless with --detach.
void add_batch(CommandLine& line);

}  // namespace inference::cli
