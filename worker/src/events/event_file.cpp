#include "events/event_file.hpp"

#include "contracts/fnv_hash.hpp"

#include <cstddef>
#include <string_view>

namespace inference {
namespace {

constexpr std::size_t kLongest = 200;  // Of the 255 bytes that file systems take.

bool is_plain(char c, bool is_first) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_word || c == '-' || c == '_' || (c == '.' && !is_first);
}

std::string hex(unsigned long long value, int digits) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (int digit = digits - 1; digit >= 0; --digit) {
        text += kDigits[(value >> (4 * digit)) & 0xF];
    }
    return text;
}

}  // namespace

std::filesystem::path event_file(const std::filesystem::path& folder, const std::string& job_id) {
    std::string name;
    for (const char c : job_id) {
        if (is_plain(c, name.empty())) {
            name += c;
        } else {
            name += '%' + hex(static_cast<unsigned char>(c), 2);
        }
    }
    if (name.size() > kLongest) {
        name = name.substr(0, kLongest) + '%' + hex(fnv_hash(job_id), 16);
    }
    return folder / (name + ".jsonl");
}

}  // namespace inference
