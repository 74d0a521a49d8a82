#include "config/duration.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace inference {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, milliseconds>, 5> kUnits{{
    {"ms", milliseconds(1)},
    {"s", std::chrono::seconds(1)},
    {"m", std::chrono::minutes(1)},
    {"h", std::chrono::hours(1)},
    {"d", std::chrono::days(1)},
}};

constexpr milliseconds kLongest = std::chrono::hours(24 * 366);

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) noexcept {
    const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
    const std::string_view unit_text = text.substr(digits.size());
    std::int64_t count = 0;
    const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), count).ec;
    if (error != std::errc()) {
        return std::nullopt;
    }
    if (unit_text.empty() && count == 0) {
        return milliseconds(0);
    }
    for (const auto& [name, unit] : kUnits) {
        if (name == unit_text && count <= kLongest / unit) {
            return unit * count;
        }
    }
    return std::nullopt;
}

}  // namespace inference
