/// @file cli/search_attributes.hpp
/// @brief The command `search-attributes`.
#pragma once

namespace inference::cli {

class CommandLine;

/// Shows which search attributes of jobs the server knows, and with --register makes the others known to it.
void add_search_attributes(CommandLine& line);

}  // namespace inference::cli
