/// @file bridge/activation_codec.hpp
/// @brief The workflow side of core's protocol between protobuf and plain structs.
#pragma once

#include "workflow/activation.hpp"
#include "workflow/command.hpp"

#include <string>
#include <string_view>

namespace temporal::bridge {

/// Reads a serialised coresdk WorkflowActivation. Jobs of features that this SDK does not speak
/// become UnsupportedJob.
///
/// `namespace_name` and `task_queue` are the worker's: core does not repeat them, but WorkflowInfo
/// has them.
/// Errors: Error if the bytes are no activation.
[[nodiscard]] workflows::Activation decode_activation(
    std::string_view bytes, std::string_view namespace_name, std::string_view task_queue
);

/// Writes a serialised coresdk WorkflowActivationCompletion.
[[nodiscard]] std::string encode_completion(const workflows::Completion& completion);

}  // namespace temporal::bridge
