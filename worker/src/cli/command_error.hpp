/// @file cli/command_error.hpp
/// @brief Why a command ends early: the exit code and what stderr says.
#pragma once

#include "cli/exit_code.hpp"

#include <exception>
#include <stdexcept>
#include <string>

namespace inference::cli {

/// The message names the cause and the next step.
class CommandError : public std::runtime_error {
public:
    CommandError(ExitCode code, const std::string& message)
        : std::runtime_error(message), code_(code) {}
    [[nodiscard]] ExitCode code() const noexcept { return code_; }

private:
    ExitCode code_;
};

/// The exit code for whatever a command let pass.
///
/// | error | code |
/// |---|---|
/// | CommandError | its own |
/// | WorkflowNotFound | 3 |
/// | ConnectError | 5; of wrong options 78 |
/// | RpcError: no answer, not allowed, no such namespace | 5 |
/// | RpcError: refused what was asked for | 2 |
/// | anything else | 1 |
ExitCode exit_code_of(const std::exception& error) noexcept;

}  // namespace inference::cli
