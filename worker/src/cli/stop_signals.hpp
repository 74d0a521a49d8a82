/// @file cli/stop_signals.hpp
/// @brief SIGTERM and SIGINT as a stop token, and SIGHUP as a call, from start to end of a command.
#pragma once

#include <signal.h>

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

namespace inference::cli {

/// Waits for the two signals while it lives: the first requests a stop, the second ends the process at once with 128 plus its
/// number. No handler runs in a signal's context, and nothing is global: the signals are blocked and read.
///
/// Threads: made before all other threads of the process, which inherit what it blocks. One at a time.
/// Errors:  std::system_error where the process has no descriptor left.
class StopSignals {
public:
    /// With `on_hangup`, SIGHUP calls it on a thread of its own, one call after another; without, SIGHUP is left as it is.
    explicit StopSignals(std::function<void()> on_hangup = {});
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    [[nodiscard]] std::stop_token token() const noexcept { return stop_.get_token(); }
    /// Stops by other than a signal.
    void request_stop() noexcept { stop_.request_stop(); }
    /// The first signal that came; nullopt if none did.
    [[nodiscard]] std::optional<int> received() const noexcept;

private:
    void watch();

    const std::function<void()> on_hangup_;
    std::stop_source stop_;
    std::atomic<int> received_{0};
    sigset_t previous_{};
    int signals_ = -1;
    int end_ = -1;
    std::thread watcher_;
};

}  // namespace inference::cli
