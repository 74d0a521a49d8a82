/// @file cli/manual.hpp
/// @brief The manual page, made from the commands themselves.
#pragma once

#include "cli/command_tree.hpp"

#include <string>

namespace inference::cli {

class CommandLine;

/// `man`, which help does not show: the build installs what it prints as inference-worker.1.
void add_manual(CommandLine& line);

/// In the macros of man(7).
///
/// @param date    Of the page, "2026-01-31".
/// @param version Of the program.
std::string manual_page(
    const CommandNode& program, const std::string& version, const std::string& date
);

}  // namespace inference::cli
