/// @file converter/rfc3339.hpp
/// @brief Points in time as text, as Temporal's search attributes have them.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace temporal {

/// In UTC, with as many digits as are needed: "2026-01-02T03:04:05.678Z".
[[nodiscard]] std::string to_rfc3339(std::chrono::system_clock::time_point time);

/// Any offset; nothing where the text is no such time.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> from_rfc3339(
    const std::string& text
);

}  // namespace temporal
