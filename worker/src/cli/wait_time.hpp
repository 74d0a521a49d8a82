/// @file cli/wait_time.hpp
/// @brief The argument of --timeout.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace inference::cli {

/// "30s", "5m", "500ms", as in the configuration; a bare number counts seconds. Empty: no limit.
///
/// Errors: CommandError (2) for everything else.
std::optional<std::chrono::milliseconds> parse_wait_time(const std::string& text);

}  // namespace inference::cli
