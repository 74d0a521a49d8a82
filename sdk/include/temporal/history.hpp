/// @file temporal/history.hpp
/// @brief The recorded history of one workflow run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace temporal {

/// A history as the server recorded it; a value, opaque except for its two forms.
///
/// Errors: `from_json` and `from_binary` throw Error, saying what is wrong and never quoting a
///         payload.
/// Threads: immutable, share freely.
/// @code
///   // temporal workflow show --workflow-id chat-1 --output json > chat.json
///   const auto history = temporal::History::from_json(read_file("chat.json"));
/// @endcode
class History {
public:
    /// Reads what `temporal workflow show --output json`, the server's web page and other SDKs
    /// write. Fields that this version does not know are ignored; enumerators may have their short
    /// names ("WorkflowExecutionStarted").
    [[nodiscard]] static History from_json(std::string_view text);
    /// Reads a serialised temporal.api.history.v1.History.
    [[nodiscard]] static History from_binary(std::string bytes);

    /// The protobuf JSON form, on several lines.
    [[nodiscard]] std::string to_json() const;
    /// A serialised temporal.api.history.v1.History.
    [[nodiscard]] const std::string& binary() const noexcept { return bytes_; }

    [[nodiscard]] std::size_t event_count() const noexcept { return event_count_; }
    /// From the first event; empty where the server that recorded it did not write it yet.
    [[nodiscard]] const std::string& workflow_id() const noexcept { return workflow_id_; }

private:
    History(std::string bytes, std::size_t event_count, std::string workflow_id)
        : bytes_(std::move(bytes)),
          event_count_(event_count),
          workflow_id_(std::move(workflow_id)) {}

    std::string bytes_;
    std::size_t event_count_;
    std::string workflow_id_;
};

}  // namespace temporal
