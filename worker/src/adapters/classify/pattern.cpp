#include "adapters/classify/pattern.hpp"

#include <algorithm>
#include <cstddef>

namespace inference {
namespace {

constexpr std::size_t kLongestName = 128;

// Not those of <cctype>: they depend on the locale.
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_in_name(char c) {
    const char l = lower(c);
    return is_digit(c) || (l >= 'a' && l <= 'z') ||
           std::string_view("_-./:+").find(c) != std::string_view::npos;
}

bool is_in_number(char c) {
    return is_digit(c) || c == '.' || c == ',';
}

std::string_view take_while(std::string_view text, bool (*belongs)(char), std::size_t limit) {
    const auto end = std::ranges::find_if_not(text.substr(0, limit), belongs);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// The dot or comma after a number or a name is the sentence's.
std::string_view without_punctuation(std::string_view word) {
    while (!word.empty() && std::string_view(".,:").find(word.back()) != std::string_view::npos) {
        word.remove_suffix(1);
    }
    return word;
}

class Matcher {
public:
    explicit Matcher(std::string_view pattern) : pattern_(pattern) {}

    bool fits_at_start_of(std::string_view text) {
        captures_.clear();
        for (const char expected : pattern_) {
            const std::size_t length = length_of(expected, text);
            if (length == 0) {
                return false;
            }
            text.remove_prefix(length);
        }
        return true;
    }

    std::vector<std::string> captures() && { return std::move(captures_); }

private:
    // How much of the text one character of the pattern covers; 0 where it does not fit.
    std::size_t length_of(char expected, std::string_view text) {
        if (text.empty()) {
            return 0;
        }
        switch (expected) {
            case '#':
                return is_digit(text.front())
                           ? capture(take_while(text, is_in_number, kLongestName))
                           : 0;
            case '@': return capture(take_while(text, is_in_name, kLongestName));
            case '?': return 1;
            default: return lower(text.front()) == lower(expected) ? 1 : 0;
        }
    }

    std::size_t capture(std::string_view word) {
        const std::string_view kept = without_punctuation(word);
        captures_.emplace_back(kept);
        return kept.size();
    }

    std::string_view pattern_;
    std::vector<std::string> captures_;
};

}  // namespace

std::optional<std::vector<std::string>> find_pattern(
    std::string_view pattern, std::string_view text
) {
    Matcher matcher(pattern);
    for (std::size_t start = 0; start < text.size(); ++start) {
        if (matcher.fits_at_start_of(text.substr(start))) {
            return std::move(matcher).captures();
        }
    }
    return std::nullopt;
}

std::string fill(std::string_view form, const std::vector<std::string>& captures) {
    std::string result;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool is_place =
            form[i] == '{' && i + 2 < form.size() && is_digit(form[i + 1]) && form[i + 2] == '}';
        if (!is_place) {
            result += form[i];
            continue;
        }
        const auto index = static_cast<std::size_t>(form[i + 1] - '1');
        result += index < captures.size() ? captures[index] : std::string("?");
        i += 2;
    }
    return result;
}

}  // namespace inference
