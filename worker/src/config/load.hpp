/// @file config/load.hpp
/// @brief Reads a configuration file.
#pragma once

#include "config/config.hpp"
#include "config/config_errors.hpp"

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

namespace inference {

/// The configuration that a YAML text holds, with the defaults where it is silent.
///
/// @param file Its name, for messages, and its place, from which relative paths count. It is not opened.
/// Errors: all problems at once: unknown keys, wrong values, models that do not fit together.
tl::expected<Config, ConfigErrors> parse_config(
    const std::string& yaml, const std::filesystem::path& file
);

/// Errors: as parse_config(), and a file that cannot be read.
tl::expected<Config, ConfigErrors> load_config(const std::filesystem::path& file);

}  // namespace inference
