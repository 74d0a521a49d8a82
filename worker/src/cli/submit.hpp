/// @file cli/submit.hpp
/// @brief `submit`: one request, and its answer.
#pragma once

namespace inference::cli {

class CommandLine;

/// Waits for the answer, unless with --detach.
void add_submit(CommandLine& line);

}  // namespace inference::cli
