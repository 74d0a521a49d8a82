/// @file stages/prompt_template.hpp
/// @brief Puts a model's template around a text.
#pragma once

#include <string>
#include <string_view>

namespace inference {

/// The template with the text for every `{prompt}`; the text alone if the template is empty.
///
/// Everything else stays as it is, other braces too, for prompts are full of them; and a `{prompt}` inside the text is
/// text, not a placeholder.
/// @code
///   fill_template("Q: {prompt}\nA:", "Why?")   // "Q: Why?\nA:"
/// @endcode
std::string fill_template(std::string_view prompt_template, std::string text);

}  // namespace inference
