/// @file cli/lost_connection.hpp
/// @brief What a command that waits for a job does while Temporal does not answer.
#pragma once

#include "cli/stop_signals.hpp"
#include "cli/wait_end.hpp"
#include "temporal/error.hpp"
#include "temporal/workflow_handle.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace inference::cli {

/// Tells whoever waits, in one line.
using Notice = std::function<void(const std::string&)>;

/// Whether the error is of the way to the server or of a server that is not itself, and not an answer to what was asked.
bool is_lost(const temporal::RpcError& error) noexcept;

struct Patience {
    std::chrono::milliseconds whole = std::chrono::minutes{5};
    std::chrono::milliseconds between = std::chrono::seconds{1};
};

/// Asks until there is an answer. False once the patience is over or `stop` fires.
bool ask_until_answered(
    const std::function<bool()>& answers, const Patience& patience, const std::stop_token& stop
);

/// Waits until the server knows of the job again: nullopt, and the waiting for the job can go on. For kPatience at most and until
/// `deadline`, then it is over (5, 4), or by a signal (130, 143).
///
/// @param error Why the waiting broke off: one that is_lost(), or a signal.
/// Errors: WorkflowNotFound where the server has lost the job.
std::optional<WaitEnd> wait_out(
    const temporal::RpcError& error,
    const temporal::WorkflowHandle& job,
    std::optional<std::chrono::steady_clock::time_point> deadline,
    const StopSignals& signals,
    const Notice& notice
);

}  // namespace inference::cli
