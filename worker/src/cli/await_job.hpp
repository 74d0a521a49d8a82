/// @file cli/await_job.hpp
/// @brief Waits for a job and prints what became of it.
#pragma once

#include "cli/batch_outputs.hpp"
#include "cli/exit_code.hpp"
#include "cli/invocation.hpp"
#include "cli/stop_signals.hpp"
#include "cli/wait_for_end.hpp"
#include "temporal/workflow_handle.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace inference::cli {

/// Waits until the job has ended, and prints its end.
///
/// Ends early, with the job going on and `err` saying how to come back: after `timeout` (4), or by a signal (130, 143).
/// Errors: throws what the connection throws, and WorkflowNotFound.
ExitCode await_job(
    const temporal::WorkflowHandle& job,
    std::optional<std::chrono::milliseconds> timeout,
    const StopSignals& signals,
    const Invocation& invocation
);

/// The response on `out` or the failure on `err` (json: both on `out`). A batch has both where it failed with some of its items
/// done; 0 is for a response only, and of a batch only where no item failed.
///
/// @param outputs Where the results of a batch have been written, if anywhere.
ExitCode print_end(
    const JobEnd& end, const Invocation& invocation, const BatchOutputs& outputs = {}
);

/// What a person wants to see of a response: its text, else its output as JSON in one line.
std::string to_text(const nlohmann::json& response);

}  // namespace inference::cli
