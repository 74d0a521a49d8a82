/// @file cli/exit_code.hpp
/// @brief What the program's exit code tells a script.
#pragma once

namespace inference::cli {

enum class ExitCode {
    kDone = 0,
    kJobFailed = 1,  ///< The job failed or was cancelled; or the program itself failed.
    kUsage = 2,
    kNotFound = 3,
    kTimedOut = 4,
    kCannotConnect = 5,
    kBadConfiguration = 78,
};

/// Stopped by a signal: 130 for SIGINT, 143 for SIGTERM.
constexpr ExitCode stopped_by(int signal) noexcept {
    constexpr int kSignalBase = 128;
    return static_cast<ExitCode>(kSignalBase + signal);
}

}  // namespace inference::cli
