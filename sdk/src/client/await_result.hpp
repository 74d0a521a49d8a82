/// @file client/await_result.hpp
/// @brief Waits for the end of a workflow, run after run.
#pragma once

#include "bridge/workflow_service.hpp"
#include "temporal/call_options.hpp"
#include "temporal/payload.hpp"

namespace temporal::client {

/// The result of the last run of the chain that `run` belongs to.
///
/// Errors: WorkflowFailed; RpcError(kDeadlineExceeded) once the timeout is over; without one it
///         waits for ever.
[[nodiscard]] Payload await_result(
    const bridge::WorkflowService& service, bridge::RunRef run, const CallOptions& options
);

}  // namespace temporal::client
