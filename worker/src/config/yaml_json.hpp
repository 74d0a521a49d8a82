/// @file config/yaml_json.hpp
/// @brief A part of the configuration that is JSON in YAML's clothes: what goes to an engine as it is.
#pragma once

#include "config/yaml_map.hpp"

#include <nlohmann/json.hpp>

namespace inference {

/// A quoted scalar is a string; a plain one is null, a boolean or a number if it reads so, else a string.
///
/// Errors: to the problems, for keys that are no text and for nesting deeper than 32, which an alias to itself has.
nlohmann::json yaml_to_json(const YamlValue& value, ConfigProblems& problems);

}  // namespace inference
