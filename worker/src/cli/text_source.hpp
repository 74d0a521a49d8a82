/// @file cli/text_source.hpp
/// @brief An argument that is a text itself or says where to read it.
#pragma once

#include <nlohmann/json.hpp>

#include <iosfwd>
#include <string>

namespace inference::cli {

/// "-" is all of `in`, "@FILE" the file's content, anything else is the text.
///
/// Errors: CommandError (2) for a file that cannot be read.
std::string read_text(const std::string& argument, std::istream& in);

/// One JSON value.
///
/// @param name What the text is, for the message: "--input".
/// Errors: CommandError (2) with line and column.
nlohmann::json parse_json(const std::string& text, const std::string& name);

}  // namespace inference::cli
