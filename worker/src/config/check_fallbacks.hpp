/// @file config/check_fallbacks.hpp
/// @brief Checks of the models' fallbacks what only all models together can tell.
#pragma once

#include "config/yaml_map.hpp"
#include "registry/model.hpp"

#include <cstddef>
#include <vector>

namespace inference {

/// Where the file names the fallback of one of the models.
struct FallbackLine {
    std::size_t model;  ///< Its index.
    YamlValue value;
};

/// A fallback must be another model of the file, take the same requests, and not lead back to where it came from.
void check_fallbacks(
    const std::vector<Model>& models,
    const std::vector<FallbackLine>& fallbacks,
    ConfigProblems& problems
);

}  // namespace inference
