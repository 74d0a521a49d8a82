/// @file bridge/service_error.hpp
/// @brief The server's error details as the exceptions of temporal/error.hpp. Pure.
#pragma once

#include "temporal/error.hpp"

#include <string_view>

namespace temporal::bridge {

/// Throws what `error` of a start of `workflow_id` means: WorkflowAlreadyStarted, or `error`
/// itself.
[[noreturn]] void throw_start_error(const RpcError& error, std::string_view workflow_id);

/// Throws what `error` of a call about `workflow_id` means: WorkflowNotFound, or `error` with the
/// id in its message.
[[noreturn]] void throw_workflow_error(const RpcError& error, std::string_view workflow_id);

/// The same for query `name`: QueryFailed too, and advice where no worker answered.
[[noreturn]] void throw_query_error(
    const RpcError& error, std::string_view workflow_id, std::string_view name
);

}  // namespace temporal::bridge
