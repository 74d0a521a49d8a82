/// @file bridge/json_text.hpp
/// @brief Reads core's JSON answers without trusting their shape.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace temporal::bridge {

/// The text under `key`, or `fallback` where there is none.
[[nodiscard]] inline std::string text_or(
    const nlohmann::json& value, const char* key, std::string fallback
) {
    if (!value.is_object()) {
        return fallback;
    }
    const auto found = value.find(key);
    return found != value.end() && found->is_string() ? found->get<std::string>()
                                                      : std::move(fallback);
}

}  // namespace temporal::bridge
