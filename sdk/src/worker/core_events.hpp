/// @file worker/core_events.hpp
/// @brief What core has said of itself so far, for the thread that runs a worker.
#pragma once

#include "bridge/core_worker.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace temporal::worker {

/// Threads: any reports, one waits.
class CoreEvents {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    /// Which kinds of tasks are polled for.
    CoreEvents(bool workflows, bool activities) noexcept
        : workflows_polled_(workflows), activities_polled_(activities) {}

    void poll_failed(std::string error);
    /// Nothing of that kind will come any more.
    void stopped(bridge::TaskKind kind);
    void finalized();

    /// Waits until `stop` fires. False if core stopped polling by itself before.
    bool wait_for_stop(const std::stop_token& stop);
    /// Each waits until it is so, and is false if that did not happen in time.
    bool wait_until_all_stopped(Deadline deadline);
    bool wait_until_finalized(Deadline deadline);

    /// Empty if polling never failed.
    [[nodiscard]] std::string last_poll_error() const;

private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    bool workflows_polled_;
    bool activities_polled_;
    bool some_stopped_ = false;
    bool finalized_ = false;
    std::string last_poll_error_;
};

}  // namespace temporal::worker
