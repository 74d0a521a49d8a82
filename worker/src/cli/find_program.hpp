/// @file cli/find_program.hpp
/// @brief Where the programs are that `dev` starts.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace inference::cli {

/// A variable of the environment; nullopt if it is not set, or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// That of this process.
Environment process_environment();

/// Temporal's command line: what TEMPORAL_CLI names, else the one that tools/setup put into the cache folder, else the first on
/// the PATH.
///
/// Errors: nullopt if there is none that can be executed; a wrong TEMPORAL_CLI is not passed over.
std::optional<std::filesystem::path> find_temporal(const Environment& environment);

/// A program in the folder of this one.
std::optional<std::filesystem::path> find_beside(const std::string& name);

}  // namespace inference::cli
