/// @file cli/stream_job.hpp
/// @brief Waits for a job and shows its text, or its events, as they come.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/invocation.hpp"
#include "cli/stop_signals.hpp"
#include "temporal/workflow_handle.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace inference::cli {

struct StreamWait {
    std::string channel;  ///< Of the configuration.
    std::optional<std::chrono::milliseconds> timeout = std::nullopt;
};

/// As await_job(), and before it in text form the text (of several the first) as it grows, so that all that is printed is the text once; in JSON form an
/// event a line, as events/event.hpp has it with its `id`, and last the response.
///
/// Where no events can be read, `err` says so, and the end is printed all the same.
ExitCode stream_job(
    const temporal::WorkflowHandle& job,
    const StreamWait& wait,
    const StopSignals& signals,
    const Invocation& invocation
);

}  // namespace inference::cli
