/// @file contracts/text_filter.hpp
/// @brief What postprocess may take off a generated text.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace inference {

enum class TextFilter {
    kStripWhitespace,  ///< White space at both ends.
    kStripReasoning,  ///< "<think>...</think>"; one that is not closed takes the rest of the text with it.
};

/// Names: "strip_whitespace", "strip_reasoning".
std::string_view to_string(TextFilter filter) noexcept;
std::optional<TextFilter> text_filter_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string text_filter_names();
void to_json(nlohmann::json& json, TextFilter filter);

/// The text as the filter leaves it.
std::string apply(TextFilter filter, std::string text);

}  // namespace inference
