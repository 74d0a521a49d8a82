/// @file cli/completion.hpp
/// @brief `completion`: what makes a shell complete commands, options and their values.
#pragma once

#include "cli/command_tree.hpp"

#include <string>

namespace inference::cli {

class CommandLine;

/// Prints the script for one shell: `source <(inference-worker completion bash)`. It has all commands that were added by then.
void add_completion(CommandLine& line);

/// Scripts that complete commands, options, choices and names of files, and need nothing but the shell.
std::string bash_completion(const CommandNode& program);
std::string zsh_completion(const CommandNode& program);
std::string fish_completion(const CommandNode& program);

}  // namespace inference::cli
