#include "adapters/header_text.hpp"

#include <algorithm>

namespace inference {

bool is_header_text(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace inference
