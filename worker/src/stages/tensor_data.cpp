#include "stages/tensor_data.hpp"

#include "contracts/describe.hpp"
#include "contracts/json_field.hpp"
#include "contracts/tensor.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace inference {
namespace {

using Json = nlohmann::json;
using Complaint = std::optional<std::string>;

// Deeper nesting than any engine takes; it also bounds the recursion.
constexpr std::size_t kMostDimensions = 32;

std::string text_of(std::span<const std::int64_t> shape) {
    std::string text = "[";
    for (const std::int64_t dimension : shape) {
        text += (text.size() > 1 ? "," : "") + std::to_string(dimension);
    }
    return text + "]";
}

/// Moves the elements below one level of nesting to `flat`.
Complaint move_level(
    Json& level, std::span<const std::int64_t> shape, std::size_t depth, Json::array_t& flat
) {
    if (depth == shape.size()) {
        flat.push_back(std::move(level));
        return std::nullopt;
    }
    const std::string wanted =
        "a list of " + std::to_string(shape[depth]) + " at depth " + std::to_string(depth + 1);
    if (!level.is_array()) {
        return "data has " + describe(level) + " where shape " + text_of(shape) + " wants " +
               wanted;
    }
    if (level.size() != static_cast<std::size_t>(shape[depth])) {
        return "data has a list of " + std::to_string(level.size()) + " where shape " +
               text_of(shape) + " wants " + wanted;
    }
    for (Json& below : level) {
        if (auto complaint = move_level(below, shape, depth + 1, flat)) {
            return complaint;
        }
    }
    return std::nullopt;
}

struct IntegerRange {
    std::int64_t least;
    std::uint64_t most;
};

template <class Integer>
constexpr IntegerRange range_of() noexcept {
    return {std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()};
}

std::optional<IntegerRange> integer_range(DataType type) noexcept {
    switch (type) {
        case DataType::kUint8: return range_of<std::uint8_t>();
        case DataType::kUint16: return range_of<std::uint16_t>();
        case DataType::kUint32: return range_of<std::uint32_t>();
        case DataType::kUint64: return range_of<std::uint64_t>();
        case DataType::kInt8: return range_of<std::int8_t>();
        case DataType::kInt16: return range_of<std::int16_t>();
        case DataType::kInt32: return range_of<std::int32_t>();
        case DataType::kInt64: return range_of<std::int64_t>();
        default: return std::nullopt;
    }
}

/// The smallest magnitude that rounds to infinity: the largest finite value and half a step more.
double overflow_of(DataType type) noexcept {
    switch (type) {
        case DataType::kFp16: return 65520.0;
        case DataType::kBf16: return 0x1.ffp127;
        case DataType::kFp32: return 0x1.ffffffp127;
        default: return std::numeric_limits<double>::infinity();
    }
}

bool is_in(const IntegerRange& range, const Json& element) {
    if (element.is_number_unsigned()) {
        return element.get<std::uint64_t>() <= range.most;
    }
    const auto value = element.get<std::int64_t>();
    return value < 0 ? value >= range.least : static_cast<std::uint64_t>(value) <= range.most;
}

std::string takes(DataType type, std::string_view what) {
    return "; " + std::string(to_string(type)) + " takes " + std::string(what);
}

Complaint check_integer(const Json& element, DataType type, const IntegerRange& range) {
    if (!element.is_number_integer()) {
        return "is " + describe(element) + takes(type, "whole numbers");
    }
    if (!is_in(range, element)) {
        return "is out of range" +
               takes(type, std::to_string(range.least) + " to " + std::to_string(range.most));
    }
    return std::nullopt;
}

Complaint check_float(const Json& element, DataType type) {
    // JSON has no numbers for these.
    if (element == "NaN" || element == "Infinity" || element == "-Infinity") {
        return std::nullopt;
    }
    if (!element.is_number()) {
        return "is " + describe(element) +
               takes(type, "numbers, \"NaN\", \"Infinity\" and \"-Infinity\"");
    }
    if (std::abs(element.get<double>()) >= overflow_of(type)) {
        return "is out of range" + takes(type, "it as \"Infinity\" if that is meant");
    }
    return std::nullopt;
}

Complaint check_bool(const Json& element) {
    const bool is_bit = element.is_number_integer() && (element == 0 || element == 1);
    return element.is_boolean() || is_bit
               ? Complaint()
               : "is " + describe(element) + takes(DataType::kBool, "true or false");
}

Complaint check_bytes(const Json& element) {
    const Json* encoded = field(element, "b64");
    const bool is_encoded = encoded != nullptr && encoded->is_string();
    return element.is_string() || is_encoded
               ? Complaint()
               : "is " + describe(element) +
                     takes(DataType::kBytes, "strings, or {\"b64\": \"...\"} for what is no text");
}

Complaint check_element(const Json& element, DataType type) {
    if (type == DataType::kBool) {
        return check_bool(element);
    }
    if (type == DataType::kBytes) {
        return check_bytes(element);
    }
    const auto range = integer_range(type);
    return range ? check_integer(element, type, *range) : check_float(element, type);
}

}  // namespace

std::optional<std::string> flatten(Json& data, std::span<const std::int64_t> shape) {
    const std::optional<std::size_t> count = element_count(shape);
    if (shape.size() > kMostDimensions) {
        return "shape has " + std::to_string(shape.size()) + " dimensions; at most " +
               std::to_string(kMostDimensions) + " are taken";
    }
    if (!count) {
        return "shape " + text_of(shape) + " is no size of a tensor; it takes non-negative numbers";
    }
    if (!data.is_array()) {
        return "data is " + describe(data) + "; it takes a list";
    }
    if (!shape.empty() && !data.empty() && data.front().is_array()) {
        Json::array_t flat;
        if (auto complaint = move_level(data, shape, 0, flat)) {
            return complaint;
        }
        data = std::move(flat);
    }
    if (data.size() != *count) {
        return "shape " + text_of(shape) + " holds " + std::to_string(*count) +
               " elements, data has " + std::to_string(data.size()) + "; make them agree";
    }
    return std::nullopt;
}

std::optional<std::string> check_elements(const Json& data, DataType type) {
    std::size_t place = 0;
    for (const Json& element : data) {
        if (auto complaint = check_element(element, type)) {
            return "element " + std::to_string(place) + " " + *complaint;
        }
        ++place;
    }
    return std::nullopt;
}

}  // namespace inference
