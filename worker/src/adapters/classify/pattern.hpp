/// @file adapters/classify/pattern.hpp
/// @brief Finds known phrases in engine text and captures what is safe to show: numbers and names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// Finds the first place in `text` where `pattern` fits, and returns what its placeholders captured, in order.
///
/// A pattern is literal text, compared without case (ASCII), with these placeholders:
///   `#`  captures a number: digits, with points or commas inside
///   `@`  captures a name: up to 128 of the characters that identifiers, paths and model names are made of
///   `?`  fits any one character, and captures nothing
/// Linear in the text for any pattern, unlike a regular expression, whatever an engine sends.
std::optional<std::vector<std::string>> find_pattern(
    std::string_view pattern, std::string_view text
);

/// `{1}` to `{9}` in `form` become the captures. @code fill("at most {1} items", {"4"}) == "at most 4 items" @endcode
std::string fill(std::string_view form, const std::vector<std::string>& captures);

}  // namespace inference
