#include "contracts/field_reader.hpp"

#include "contracts/describe.hpp"
#include "contracts/json_field.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {
namespace {

constexpr std::chrono::milliseconds kTenYears = std::chrono::hours(24 * 3653);

/// The value as a count, or nullopt if it is no integer from 0 to `most`.
std::optional<std::int64_t> count_up_to(std::int64_t most, const nlohmann::json& value) {
    // Parsed JSON has its non-negative integers unsigned, JSON built in code often signed.
    if (value.is_number_unsigned() &&
        value.get<std::uint64_t>() <= static_cast<std::uint64_t>(most)) {
        return value.get<std::int64_t>();
    }
    if (value.is_number_integer() && !value.is_number_unsigned()) {
        const auto number = value.get<std::int64_t>();
        if (number >= 0 && number <= most) {
            return number;
        }
    }
    return std::nullopt;
}

std::string up_to(std::int64_t most) {
    return "a whole number from 0 to " + std::to_string(most);
}

}  // namespace

FieldReader::FieldReader(const nlohmann::json& object, std::string path)
    : object_(object), path_(std::move(path)) {
    if (!object.is_object()) {
        const std::string subject = path_.empty() ? "the value" : "field '" + path_ + "'";
        problem_ = subject + " is " + describe(object) + "; it takes an object";
    }
}

void FieldReader::require(std::string_view key) {
    if (ok() && find(key) == nullptr) {
        complain(key, "is missing");
    }
}

void FieldReader::read(std::string_view key, std::string& out) {
    const auto* value = find(key);
    if (value == nullptr) {
        return;
    }
    if (value->is_string()) {
        out = value->get_ref<const std::string&>();
    } else {
        complain_type(key, *value, "a string");
    }
}

void FieldReader::read(std::string_view key, bool& out) {
    const auto* value = find(key);
    if (value == nullptr) {
        return;
    }
    if (value->is_boolean()) {
        out = value->get<bool>();
    } else {
        complain_type(key, *value, "true or false");
    }
}

void FieldReader::read(std::string_view key, double& out) {
    const auto* value = find(key);
    if (value == nullptr) {
        return;
    }
    if (value->is_number()) {
        out = value->get<double>();
    } else {
        complain_type(key, *value, "a number");
    }
}

void FieldReader::read(std::string_view key, std::int64_t& out) {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    if (const auto* value = find(key)) {
        if (const auto count = count_up_to(kMost, *value)) {
            out = *count;
        } else {
            complain_type(key, *value, up_to(kMost));
        }
    }
}

void FieldReader::read(std::string_view key, int& out) {
    constexpr auto kMost = std::numeric_limits<int>::max();
    if (const auto* value = find(key)) {
        if (const auto count = count_up_to(kMost, *value)) {
            out = static_cast<int>(*count);
        } else {
            complain_type(key, *value, up_to(kMost));
        }
    }
}

void FieldReader::read(std::string_view key, std::chrono::milliseconds& out) {
    if (const auto* value = find(key)) {
        if (const auto count = count_up_to(kTenYears.count(), *value)) {
            out = std::chrono::milliseconds(*count);
        } else {
            complain_type(key, *value, up_to(kTenYears.count()) + " (ten years)");
        }
    }
}

void FieldReader::read_object(std::string_view key, nlohmann::json& out) {
    const auto* value = find(key);
    if (value == nullptr) {
        return;
    }
    if (value->is_object()) {
        out = *value;
    } else {
        complain_type(key, *value, "an object");
    }
}

void FieldReader::read_any(std::string_view key, nlohmann::json& out) {
    if (const auto* value = find(key)) {
        out = *value;
    }
}

void FieldReader::complain(std::string_view key, std::string_view said) {
    if (ok()) {
        problem_ = "field '" + path_of(key) + "' ";
        problem_ += said;
    }
}

const nlohmann::json* FieldReader::find(std::string_view key) const {
    return ok() ? field(object_, key) : nullptr;
}

std::optional<std::vector<std::string>> FieldReader::read_texts(std::string_view key) {
    const auto* value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    std::vector<std::string> texts;
    const auto is_text = [](const nlohmann::json& element) { return element.is_string(); };
    if (!value->is_array() || !std::ranges::all_of(*value, is_text)) {
        complain_type(key, *value, "a list of strings");
        return std::nullopt;
    }
    for (const auto& element : *value) {
        texts.push_back(element.get<std::string>());
    }
    return texts;
}

void FieldReader::complain_type(
    std::string_view key, const nlohmann::json& value, std::string_view takes
) {
    complain(key, "is " + describe(value) + "; it takes " + std::string(takes));
}

void FieldReader::complain_name(
    std::string_view key, const std::string& value, std::string_view choices
) {
    if (ok()) {
        problem_ = "field '" + path_of(key) + "': " + shown(value) + " is not one of " +
                   std::string(choices);
    }
}

std::string FieldReader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

}  // namespace inference
