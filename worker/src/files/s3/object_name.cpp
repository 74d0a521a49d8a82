#include "files/s3/object_name.hpp"

#include <algorithm>

namespace inference {
namespace {

constexpr std::string_view kScheme = "s3://";

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// It may become part of a host's name, so nothing that ends one may be in it.
bool is_bucket(std::string_view name) {
    return !name.empty() && is_plain(name.front()) && std::ranges::all_of(name, [](char c) {
        return is_plain(c) || c == '.' || c == '-' || c == '_';
    });
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_key(std::string_view key) {
    if (std::ranges::any_of(key, is_control)) {
        return false;
    }
    while (true) {
        const std::size_t slash = key.find('/');
        const std::string_view segment = key.substr(0, slash);
        if (segment.empty() || segment == "." || segment == "..") {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        key.remove_prefix(slash + 1);
    }
}

}  // namespace

std::optional<ObjectName> parse_object_name(std::string_view url) {
    if (!url.starts_with(kScheme)) {
        return std::nullopt;
    }
    url.remove_prefix(kScheme.size());
    const std::size_t slash = url.find('/');
    if (slash == std::string_view::npos || !is_bucket(url.substr(0, slash)) ||
        !is_key(url.substr(slash + 1))) {
        return std::nullopt;
    }
    return ObjectName{
        .bucket = std::string(url.substr(0, slash)), .key = std::string(url.substr(slash + 1))
    };
}

std::string object_url(const ObjectName& object) {
    return std::string(kScheme) + object.bucket + "/" + object.key;
}

}  // namespace inference
