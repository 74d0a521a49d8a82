#include "contracts/describe.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace inference {
namespace {

constexpr std::size_t kLongestShownName = 64;

// Not std::isalnum: what is shown must not depend on the locale.
bool belongs_to_a_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._/:-").find(c) != std::string_view::npos;
}

}  // namespace

std::string describe(const nlohmann::json& value) {
    switch (value.type()) {
        case nlohmann::json::value_t::null: return "null";
        case nlohmann::json::value_t::object: return "an object";
        case nlohmann::json::value_t::array: return value.empty() ? "an empty list" : "a list";
        case nlohmann::json::value_t::string: return "a string";
        case nlohmann::json::value_t::boolean: return "a boolean";
        case nlohmann::json::value_t::number_integer:
            return value < 0 ? "a negative number" : "a number";
        case nlohmann::json::value_t::number_unsigned: return "a number";
        case nlohmann::json::value_t::number_float: return "a floating-point number";
        case nlohmann::json::value_t::binary: return "binary data";
        case nlohmann::json::value_t::discarded: break;
    }
    return "not JSON";
}

std::string shown(std::string_view name) {
    if (!name.empty() && name.size() <= kLongestShownName &&
        std::ranges::all_of(name, belongs_to_a_name)) {
        return "'" + std::string(name) + "'";
    }
    return "a string of " + std::to_string(name.size()) + " bytes";
}

}  // namespace inference
