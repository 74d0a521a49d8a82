/// @file cli/wait_for_end.hpp
/// @brief Waits for a job, and says how it ended or why the waiting did.
#pragma once

#include "cli/job_failure.hpp"
#include "cli/lost_connection.hpp"
#include "cli/stop_signals.hpp"
#include "cli/wait_end.hpp"
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

/// A connection that is lost is waited for, as wait_out() says; `notice` is told.
///
/// Errors: throws what the connection throws, and WorkflowNotFound.
tl::expected<JobEnd, WaitEnd> wait_for_end(
    const temporal::WorkflowHandle& job,
    std::optional<std::chrono::milliseconds> timeout,
    const StopSignals& signals,
    const Notice& notice
);

}  // namespace inference::cli
