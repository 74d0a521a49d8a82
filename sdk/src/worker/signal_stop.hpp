/// @file worker/signal_stop.hpp
/// @brief SIGTERM and SIGINT as a stop request.
#pragma once

#include <signal.h>

#include <stop_token>
#include <thread>

namespace temporal::worker {

/// Catches SIGTERM and SIGINT while it lives: the first requests a stop, the second ends the
/// process at once with 128 plus its number. Afterwards the signals do what they did before.
///
/// Threads: one at a time in a process.
/// Errors:  the constructor throws std::logic_error if there is another one.
class SignalStop {
public:
    SignalStop();
    ~SignalStop();
    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

    [[nodiscard]] std::stop_token token() const noexcept { return stop_.get_token(); }

private:
    std::stop_source stop_;
    struct sigaction previous_term_{};
    struct sigaction previous_int_{};
    std::thread watcher_;
};

}  // namespace temporal::worker
