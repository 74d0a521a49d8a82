/// @file cli/wait_for_end.hpp
/// @brief Waits for a job, and says how it ended or why the waiting did.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/job_failure.hpp"
#include "cli/stop_signals.hpp"
#include "temporal/workflow_handle.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace inference::cli {

struct JobEnd {
    std::string job_id;
    nlohmann::json response = nullptr;  ///< Null where it failed.
    std::optional<JobFailure> failure = std::nullopt;
};

/// The job goes on without anybody waiting.
struct WaitEnd {
    ExitCode code = ExitCode::kTimedOut;  ///< 4 after a timeout; 130 or 143 by a signal.
    std::string message;  ///< Why, and how to come back.
};

/// Errors: throws what the connection throws, and WorkflowNotFound.
tl::expected<JobEnd, WaitEnd> wait_for_end(
    const temporal::WorkflowHandle& job,
    std::optional<std::chrono::milliseconds> timeout,
    const StopSignals& signals
);

}  // namespace inference::cli
