/// @file bridge/activity_codec.hpp
/// @brief The activity side of core's protocol between protobuf and plain structs.
#pragma once

#include "activity/activity_task.hpp"
#include "temporal/payload.hpp"

#include <string>
#include <string_view>

namespace temporal::bridge {

/// Reads a serialised coresdk ActivityTask.
///
/// Errors: Error if the bytes are no activity task, or one of a kind that this SDK does not know.
[[nodiscard]] activity::ActivityTask decode_activity_task(std::string_view bytes);

/// Writes a serialised coresdk ActivityTaskCompletion.
[[nodiscard]] std::string encode_activity_completion(
    std::string_view task_token, const activity::ActivityResult& result
);

/// Writes a serialised coresdk ActivityHeartbeat.
[[nodiscard]] std::string encode_activity_heartbeat(
    std::string_view task_token, const Payloads& details
);

}  // namespace temporal::bridge
