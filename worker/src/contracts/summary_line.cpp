#include "contracts/summary_line.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace inference {
namespace {

constexpr std::size_t kMostBytes = 300;
constexpr std::string_view kEllipsis = "...";

bool is_control(char c) {
    constexpr unsigned char kDelete = 0x7f;
    const auto byte = static_cast<unsigned char>(c);
    return byte < ' ' || byte == kDelete;
}

/// Not the first byte of a character in UTF-8.
bool continues(char c) {
    constexpr unsigned kMask = 0xc0;
    constexpr unsigned kContinuation = 0x80;
    return (static_cast<unsigned char>(c) & kMask) == kContinuation;
}

}  // namespace

std::string summary_line(std::string text) {
    std::ranges::replace_if(text, is_control, ' ');
    if (text.size() <= kMostBytes) {
        return text;
    }
    std::size_t end = kMostBytes - kEllipsis.size();
    while (end > 0 && continues(text[end])) {
        --end;
    }
    text.resize(end);
    return std::move(text) + std::string(kEllipsis);
}

}  // namespace inference
