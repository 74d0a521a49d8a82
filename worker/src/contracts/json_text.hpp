/// @file contracts/json_text.hpp
/// @brief JSON from a stranger's text.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace inference {

/// The value; nullopt for what is no JSON, or nested deeper than any use has been seen: copying and writing JSON takes stack for
/// each level, and a text of 100 kB could ask for all of it.
std::optional<nlohmann::json> parse_json_text(std::string_view text);

}  // namespace inference
