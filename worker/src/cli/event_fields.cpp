#include "cli/event_fields.hpp"

#include <absl/strings/escaping.h>

#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>

namespace inference::cli {
namespace {

const nlohmann::json* at(const nlohmann::json& event, const std::string& pointer) {
    const nlohmann::json::json_pointer place(pointer);
    return event.contains(place) ? &event.at(place) : nullptr;
}

}  // namespace

std::string text_at(const nlohmann::json& event, const std::string& pointer) {
    const nlohmann::json* value = at(event, pointer);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<Timestamp> time_at(const nlohmann::json& event, const std::string& pointer) {
    return timestamp_from(text_at(event, pointer));
}

std::optional<std::chrono::milliseconds> duration_at(
    const nlohmann::json& event, const std::string& pointer
) {
    const std::string text = text_at(event, pointer);
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || std::string_view(end) != "s") {
        return std::nullopt;
    }
    constexpr double kMilli = 1000;
    return std::chrono::milliseconds(std::llround(seconds * kMilli));
}

nlohmann::json payload_at(const nlohmann::json& event, const std::string& pointer) {
    std::string encoding;
    std::string data;
    if (!absl::Base64Unescape(text_at(event, pointer + "/metadata/encoding"), &encoding) ||
        encoding != "json/plain" ||
        !absl::Base64Unescape(text_at(event, pointer + "/data"), &data)) {
        return nullptr;
    }
    nlohmann::json value = nlohmann::json::parse(data, nullptr, /*allow_exceptions=*/false);
    return value.is_discarded() ? nlohmann::json() : value;
}

}  // namespace inference::cli
