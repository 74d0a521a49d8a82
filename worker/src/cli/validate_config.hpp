/// @file cli/validate_config.hpp
/// @brief `validate-config`: says everything that is wrong with the configuration file.
#pragma once

namespace inference::cli {

class CommandLine;

/// Text: one problem a line, as FILE:LINE: MESSAGE. JSON: {"file","valid","errors":[{"line","message"}]}.
void add_validate_config(CommandLine& line);

}  // namespace inference::cli
