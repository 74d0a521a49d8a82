/// @file resilience/lane_depth.hpp
/// @brief How many calls are kept under way: as many as the engine has use for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace inference {

struct DepthOptions {
    std::int64_t start = 64;
    std::int64_t most = 64;  ///< No more than `start`: the depth is set by hand.
    std::chrono::milliseconds timeout{280'000};  ///< Of one call.
};

/// By Little's law the calls under way are rate times time: once the engine is as quick as it gets, each call more only makes
/// all of them take longer.
///
/// | what is seen | then |
/// |---|---|
/// | the rate grew with the depth | twice as many, up to `most`; else as many as before, and another trial after a while |
/// | calls take more than half of their timeout | as many as take a quarter of it at this rate |
/// | the engine wants less (halve) | half as many at once; more again, one by one, as calls are answered |
///
/// The first two are left out where the depth is set by hand. Time is an argument.
class LaneDepth {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit LaneDepth(DepthOptions options);

    [[nodiscard]] std::int64_t depth() const noexcept { return depth_; }

    /// @param took From when the call was sent.
    /// @param is_full More waits than is under way, so that the engine's rate shows.
    void answered(Time now, std::chrono::nanoseconds took, bool is_full);
    /// @param sent_at The depth when the call was sent that says so: one that was sent before the last change says nothing of now.
    void halve(std::int64_t sent_at);

private:
    void judge(double rate);
    void set(std::int64_t depth);

    DepthOptions options_;
    std::int64_t depth_;
    std::int64_t goal_;  // What it climbs back to after it was halved.
    std::int64_t climbed_ = 0;  // Answers since the last step back.
    std::optional<double> rate_before_;  // Of half as many, while twice as many are on trial.
    int patience_ = 0;  // Windows until the next trial.

    // The answers that are counted together.
    std::optional<Time> window_;
    std::int64_t answers_ = 0;
};

}  // namespace inference
