#include "contracts/timestamp.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace inference {
namespace {

constexpr std::string_view kPattern = "dddd-dd-ddTdd:dd:dd";

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool has_pattern(std::string_view text) noexcept {
    return text.size() >= kPattern.size() && std::ranges::equal(
                                                 kPattern,
                                                 text.substr(0, kPattern.size()),
                                                 [](char wanted, char given) {
                                                     return wanted == 'd' ? is_digit(given)
                                                                          : wanted == given;
                                                 }
                                             );
}

int number(std::string_view digits) noexcept {
    int value = 0;
    for (const char digit : digits) {
        value = value * 10 + (digit - '0');
    }
    return value;
}

/// Of "Z" or ".123Z"; digits past the third are cut off.
std::optional<std::chrono::milliseconds> fraction_from(std::string_view text) noexcept {
    if (text == "Z") {
        return std::chrono::milliseconds(0);
    }
    if (text.size() < 3 || text.front() != '.' || text.back() != 'Z') {
        return std::nullopt;
    }
    const std::string_view digits = text.substr(1, text.size() - 2);
    if (!std::ranges::all_of(digits, is_digit)) {
        return std::nullopt;
    }
    int milliseconds = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        milliseconds = milliseconds * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    }
    return std::chrono::milliseconds(milliseconds);
}

}  // namespace

std::string to_iso8601(Timestamp time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 64> text{};
    const int length = std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count())
    );
    return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<Timestamp> timestamp_from(std::string_view text) {
    if (!has_pattern(text)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{
        std::chrono::year(number(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2))))
    };
    const int hour = number(text.substr(11, 2));
    const int minute = number(text.substr(14, 2));
    const int second = number(text.substr(17, 2));
    const auto fraction = fraction_from(text.substr(kPattern.size()));
    if (!date.ok() || hour > 23 || minute > 59 || second > 59 || !fraction) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + *fraction;
}

}  // namespace inference
