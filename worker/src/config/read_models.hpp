/// @file config/read_models.hpp
/// @brief The section `models` of the configuration file.
#pragma once

#include "config/yaml_map.hpp"
#include "registry/model.hpp"

#include <filesystem>
#include <vector>

namespace inference {

/// Reads every model and checks each by itself and all together (fallbacks).
///
/// Errors: to the problems; a model with problems is in the result all the same, so that fallbacks to it are not called
///         unknown too.
std::vector<Model> read_models(
    const YamlValue& section, const std::filesystem::path& folder, ConfigProblems& problems
);

}  // namespace inference
