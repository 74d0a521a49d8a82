#include "contracts/traceparent.hpp"

#include <cstddef>
#include <string_view>

namespace inference {
namespace {

constexpr std::size_t kVersionOneLength = 55;

bool is_hex(std::string_view text) noexcept {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_id(std::string_view text) noexcept {
    return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

bool is_traceparent(std::string_view text) noexcept {
    if (text.size() < kVersionOneLength || text[2] != '-' || text[35] != '-' || text[52] != '-') {
        return false;
    }
    const std::string_view version = text.substr(0, 2);
    const bool ends_well =
        text.size() == kVersionOneLength || (version != "00" && text[kVersionOneLength] == '-');
    return ends_well && is_hex(version) && version != "ff" && is_id(text.substr(3, 32)) &&
           is_id(text.substr(36, 16)) && is_hex(text.substr(53, 2));
}

std::string_view trace_id_of(std::string_view traceparent) noexcept {
    return is_traceparent(traceparent) ? traceparent.substr(3, 32) : std::string_view();
}

std::string_view parent_id_of(std::string_view traceparent) noexcept {
    return is_traceparent(traceparent) ? traceparent.substr(36, 16) : std::string_view();
}

bool is_sampled(std::string_view traceparent) noexcept {
    constexpr std::string_view kOdd = "13579bdf";
    return is_traceparent(traceparent) && kOdd.find(traceparent[54]) != std::string_view::npos;
}

}  // namespace inference
