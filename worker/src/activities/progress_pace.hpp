/// @file activities/progress_pace.hpp
/// @brief When the progress of a call is told to the server.
#pragma once

#include <chrono>

namespace inference {

/// Once a second, and not before the call is a second old: a heartbeat is a write of the server's database, which a short call
/// has no use for.
class ProgressPace {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit ProgressPace(TimePoint start) : last_(start) {}

    /// True if it is time; then the next second begins.
    bool is_due(TimePoint now) {
        if (now - last_ < kInterval) {
            return false;
        }
        last_ = now;
        return true;
    }

private:
    static constexpr std::chrono::seconds kInterval{1};

    TimePoint last_;
};

}  // namespace inference
