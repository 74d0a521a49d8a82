/// @file client/await_update.hpp
/// @brief Sends an update and waits for what becomes of it, however long the server's own limits are.
#pragma once

#include "bridge/workflow_service.hpp"
#include "temporal/call_options.hpp"
#include "temporal/payload.hpp"

#include <optional>
#include <string>

namespace temporal::client {

/// An update that a worker has taken.
struct AcceptedUpdate {
    std::string run_id;
    std::optional<Payload> result;  ///< Where it is there already.
};

/// Sends the update until a worker has accepted it; each try is the same update, by its id.
///
/// Errors: UpdateFailed if it is refused or has failed already; WorkflowNotFound; RpcError(kDeadlineExceeded) past the timeout, where
///         a worker may still take it.
[[nodiscard]] AcceptedUpdate send_update(
    const bridge::WorkflowService& service,
    const bridge::RunRef& run,
    const bridge::UpdateCall& update,
    const CallOptions& options
);

/// Waits for the result of an accepted update.
///
/// Errors: UpdateFailed if its handler failed; the others as above.
[[nodiscard]] Payload await_update(
    const bridge::WorkflowService& service,
    const bridge::RunRef& run,
    const std::string& update_id,
    const CallOptions& options
);

}  // namespace temporal::client
