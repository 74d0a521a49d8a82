/// @file cli/version.hpp
/// @brief `version`: which program this is, and what it was built from.
#pragma once

namespace inference::cli {

class CommandLine;

/// JSON: {"version","temporal_core","compiler","build_type"}.
void add_version(CommandLine& line);

}  // namespace inference::cli
