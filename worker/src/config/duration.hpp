/// @file config/duration.hpp
/// @brief Durations as people write them: a whole number and its unit.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace inference {

/// "500ms", "280s", "10m", "2h", "7d", and "0".
///
/// Errors: nullopt for everything else: no unit, a fraction, a sign, a space, or more than a year.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

}  // namespace inference
