/// @file config/changed_sections.hpp
/// @brief What a running worker cannot take over.
#pragma once

#include "config/config.hpp"

#include <string>
#include <vector>

namespace inference {

/// The sections in which two configurations differ, by their names in the file and in its order; without `worker`, which is
/// taken over while it runs.
std::vector<std::string> changed_sections(const Config& before, const Config& after);

}  // namespace inference
