/// @file contracts/json_field.hpp
/// @brief Looks a field up in JSON of any shape.
#pragma once

#include <nlohmann/json.hpp>

#include <string_view>

namespace inference {

/// The value of a field; nullptr if it is absent or null, or if `value` is no object.
///
/// Lifetime: into `value`.
inline const nlohmann::json* field(const nlohmann::json& value, std::string_view key) {
    if (!value.is_object()) {
        return nullptr;
    }
    const auto found = value.find(key);
    return found == value.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace inference
