#include "contracts/batch_line_id.hpp"

#include "contracts/fnv_hash.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <system_error>

namespace inference {
namespace {

constexpr std::string_view kBegin = R"({"id":"batch_req_)";
constexpr std::size_t kHashDigits = 16;
constexpr std::size_t kPlaceDigits = 9;
constexpr std::size_t kPlaceAt = kBegin.size() + kHashDigits + 1;

/// Whether a second line begins within the first, which was cut off without its end. An engine's answer may hold our id as well,
/// but not with a custom_id behind it.
bool holds_another_line(std::string_view line) {
    constexpr std::string_view kNext = R"(","custom_id")";
    for (auto at = line.find(kBegin, 1); at != std::string_view::npos;
         at = line.find(kBegin, at + 1)) {
        const std::size_t next = at + kPlaceAt + kPlaceDigits;
        if (next < line.size() && line.substr(next).starts_with(kNext)) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::string batch_line_id(std::string_view job_id, std::int64_t item) {
    std::array<char, 64> id{};
    std::snprintf(
        id.data(),
        id.size(),
        "batch_req_%016llx_%09lld",
        static_cast<unsigned long long>(fnv_hash(job_id)),
        static_cast<long long>(item)
    );
    return id.data();
}

std::optional<std::int64_t> item_of_line(std::string_view line) noexcept {
    if (!line.starts_with(kBegin) || !line.ends_with('}') ||
        line.size() <= kPlaceAt + kPlaceDigits || line[kPlaceAt + kPlaceDigits] != '"' ||
        holds_another_line(line)) {
        return std::nullopt;
    }
    std::int64_t item = 0;
    const char* const begin = line.data() + kPlaceAt;
    const auto [end, error] = std::from_chars(begin, begin + kPlaceDigits, item);
    return error == std::errc() && end == begin + kPlaceDigits && item >= 0 ? std::optional(item)
                                                                            : std::nullopt;
}

}  // namespace inference
