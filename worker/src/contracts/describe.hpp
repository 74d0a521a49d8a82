/// @file contracts/describe.hpp
/// @brief How error messages speak of a client's values without quoting what may be a prompt.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace inference {

/// The kind of value, with its article: "a string", "an object", "a negative number", "null".
std::string describe(const nlohmann::json& value);

/// A name in quotes, if it looks like one; else only its length, for it may be anything.
///
/// Range: up to 64 letters, digits and any of "._/:-" are shown.
/// @code
///   shown("urgent")            // 'urgent'
///   shown("Tell me a story")   // a string of 15 bytes
/// @endcode
std::string shown(std::string_view name);

}  // namespace inference
