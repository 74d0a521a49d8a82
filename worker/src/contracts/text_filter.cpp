#include "contracts/text_filter.hpp"

#include "contracts/name_table.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace inference {
namespace {

constexpr NameTable<TextFilter, 2> kNames{{
    {TextFilter::kStripWhitespace, "strip_whitespace"},
    {TextFilter::kStripReasoning, "strip_reasoning"},
}};

constexpr std::string_view kWhitespace = " \t\r\n\f\v";
constexpr std::string_view kReasoningBegin = "<think>";
constexpr std::string_view kReasoningEnd = "</think>";

std::string without_outer_whitespace(std::string text) {
    text.erase(text.find_last_not_of(kWhitespace) + 1);  // npos + 1 is 0: all of it goes
    text.erase(0, text.find_first_not_of(kWhitespace));
    return text;
}

std::string without_reasoning(const std::string& text) {
    std::string kept;
    std::size_t from = 0;
    while (true) {
        const auto begin = text.find(kReasoningBegin, from);
        kept.append(text, from, begin == std::string::npos ? begin : begin - from);
        if (begin == std::string::npos) {
            return kept;
        }
        const auto end = text.find(kReasoningEnd, begin);
        if (end == std::string::npos) {
            return kept;
        }
        from = end + kReasoningEnd.size();
    }
}

}  // namespace

std::string_view to_string(TextFilter filter) noexcept {
    return name_in(kNames, filter);
}

std::optional<TextFilter> text_filter_from(std::string_view name) noexcept {
    return value_in(kNames, name);
}

std::string text_filter_names() {
    return names_in(kNames);
}

void to_json(nlohmann::json& json, TextFilter filter) {
    json = to_string(filter);
}

std::string apply(TextFilter filter, std::string text) {
    switch (filter) {
        case TextFilter::kStripWhitespace: return without_outer_whitespace(std::move(text));
        case TextFilter::kStripReasoning: return without_reasoning(text);
    }
    return text;
}

}  // namespace inference
