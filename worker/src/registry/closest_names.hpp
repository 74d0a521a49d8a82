/// @file registry/closest_names.hpp
/// @brief What somebody who mistyped a name may have meant.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make `b` of `a`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The names by their distance, the closest first; equally close ones by alphabet.
std::vector<std::string> by_closeness(std::string_view to, std::vector<std::string> names);

/// The closest name, if it is close enough to be what was meant: at most a third of its letters differ.
std::optional<std::string> closest_name(std::string_view to, std::vector<std::string> names);

}  // namespace inference
