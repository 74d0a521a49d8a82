/// @file cli/event_fields.hpp
/// @brief Reads fields of a history event in protobuf's JSON form.
#pragma once

#include "contracts/timestamp.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace inference::cli {

/// Fields are named by JSON pointers: "/eventType". What is not there, or of another kind, reads as empty.
std::string text_at(const nlohmann::json& event, const std::string& pointer);
std::optional<Timestamp> time_at(const nlohmann::json& event, const std::string& pointer);
/// Of protobuf's durations: "1.250s".
std::optional<std::chrono::milliseconds> duration_at(
    const nlohmann::json& event, const std::string& pointer
);
/// The JSON in a payload; null for other encodings.
nlohmann::json payload_at(const nlohmann::json& event, const std::string& pointer);

}  // namespace inference::cli
