/// @file cli/status.hpp
/// @brief `status`: where a job stands.
#pragma once

namespace inference::cli {

class CommandLine;

/// JSON: the object of the query `status`.
void add_status(CommandLine& line);

}  // namespace inference::cli
