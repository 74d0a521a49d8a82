/// @file cli/settings.hpp
/// @brief The configuration file and the connection, from flags, environment and files.
#pragma once

#include "cli/invocation.hpp"
#include "config/config.hpp"
#include "temporal/connect_options.hpp"

#include <filesystem>
#include <optional>

namespace inference::cli {

/// What a command reads where --config names nothing else; relative to the working folder.
inline constexpr char kDefaultConfigFile[] = "inference-worker.yaml";

/// The file that holds the configuration; nullopt if there is none.
std::optional<std::filesystem::path> config_file(const CommonOptions& common);

/// The configuration, or the defaults where there is no file.
///
/// Errors: CommandError (78) with everything that is wrong, each with its line.
Config load_settings(const CommonOptions& common);

/// As load_settings(), for commands that make no sense without models.
///
/// Errors: CommandError (78) also where there is no file.
Config require_settings(const CommonOptions& common);

/// How to reach Temporal. The first of these that says something wins: flag, environment variable, YAML file, temporal.toml
/// profile, default.
///
/// Errors: temporal::ConnectError (kInvalidOptions) for an environment or a profile that is wrong.
temporal::ConnectOptions connect_options(const CommonOptions& common, const TemporalConfig& file);

}  // namespace inference::cli
