/// @file cli/suggestion.hpp
/// @brief The end of a complaint about an unknown name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace inference::cli {

/// "; did you mean NAME?" where a name is close enough, else empty.
std::string suggestion(std::string_view given, std::vector<std::string> names);

}  // namespace inference::cli
