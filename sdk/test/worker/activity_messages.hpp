/// @file activity_messages.hpp
/// @brief Core's side of the activity protocol, as messages.
#pragma once

#include "temporal/converter.hpp"
#include "temporal/payload.hpp"
#include "temporal/sdk/core/core_interface.pb.h"

#include <optional>
#include <string>
#include <string_view>

namespace temporal::worker {

using CancelReasonMessage = coresdk::activity_task::ActivityCancelReason;

inline void set_payload(api::common::v1::Payload& message, const Payload& payload) {
    message.mutable_metadata()->insert(payload.metadata.begin(), payload.metadata.end());
    message.set_data(payload.data);
}

template <class... Args>
std::string start_message(std::string_view token, std::string_view type, const Args&... args) {
    coresdk::activity_task::ActivityTask task;
    task.set_task_token(std::string(token));
    task.mutable_start()->set_activity_type(std::string(type));
    task.mutable_start()->set_attempt(1);
    (set_payload(*task.mutable_start()->add_input(), to_payload(args)), ...);
    return task.SerializeAsString();
}

inline std::string cancel_message(std::string_view token, CancelReasonMessage reason) {
    coresdk::activity_task::ActivityTask task;
    task.set_task_token(std::string(token));
    task.mutable_cancel()->set_reason(reason);
    return task.SerializeAsString();
}

/// How an attempt was reported; an empty message if it was not.
inline coresdk::activity_result::ActivityExecutionResult result_in(
    const std::optional<std::string>& completion
) {
    coresdk::ActivityTaskCompletion message;
    message.ParseFromString(completion.value_or(""));
    return message.result();
}

}  // namespace temporal::worker
