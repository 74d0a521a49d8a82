/// @file config/second_document.hpp
/// @brief Whether a YAML text holds more than one document.
#pragma once

#include <optional>
#include <string>

namespace inference {

/// The line on which the second document's content begins; nullopt where there is none. Counted from 1.
///
/// Looks no further than that, for the parser finds documents without end in some texts, such as ",&".
/// Errors: throws YAML::Exception for what is no YAML.
std::optional<int> line_of_second_document(const std::string& yaml);

}  // namespace inference
