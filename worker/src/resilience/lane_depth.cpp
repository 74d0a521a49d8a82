#include "resilience/lane_depth.hpp"

#include <algorithm>

namespace inference {
namespace {

using Seconds = std::chrono::duration<double>;

/// A rate is worth something after so many rounds of all calls, and so long.
constexpr std::int64_t kRounds = 4;
constexpr Seconds kShortestWindow{1};
/// Less is noise.
constexpr double kGain = 1.05;
constexpr int kWindowsBetweenTrials = 50;
/// The answers that show that calls take too long.
constexpr std::int64_t kFewAnswers = 4;

}  // namespace

LaneDepth::LaneDepth(DepthOptions options)
    : options_(options), depth_(std::max<std::int64_t>(options.start, 1)), goal_(depth_) {}

void LaneDepth::set(std::int64_t depth) {
    depth_ = depth;
    climbed_ = 0;
    answers_ = 0;
    window_.reset();
}

void LaneDepth::answered(Time now, std::chrono::nanoseconds took, bool is_full) {
    if (depth_ < goal_) {
        if (++climbed_ >= 2 * depth_) {
            set(depth_ + 1);
        }
        return;
    }
    if (!is_full || options_.most <= options_.start) {
        window_.reset();
        return;
    }
    if (!window_) {
        // The answer that opens the window is not of it.
        window_ = now;
        answers_ = 0;
        return;
    }
    ++answers_;
    const Seconds time = now - *window_;
    const double rate = static_cast<double>(answers_) / std::max(time.count(), 1e-9);
    const bool is_slow = took > options_.timeout / 2 && depth_ > 1 && answers_ >= kFewAnswers;
    if (is_slow) {
        const double wanted = rate * Seconds(options_.timeout).count() / 4;
        set(std::clamp<std::int64_t>(static_cast<std::int64_t>(wanted), 1, depth_ - 1));
        goal_ = depth_;
        rate_before_.reset();
        patience_ = kWindowsBetweenTrials;
    } else if (answers_ >= kRounds * depth_ && time >= kShortestWindow) {
        judge(rate);
    }
}

void LaneDepth::judge(double rate) {
    if (rate_before_ && rate < *rate_before_ * kGain) {
        rate_before_.reset();
        patience_ = kWindowsBetweenTrials;
        set(depth_ / 2);
        goal_ = depth_;
        return;
    }
    rate_before_.reset();
    const bool is_trial = patience_ == 0 && depth_ * 2 <= options_.most;
    patience_ = std::max(patience_ - 1, 0);
    set(is_trial ? depth_ * 2 : depth_);
    goal_ = depth_;
    if (is_trial) {
        rate_before_ = rate;
    }
}

void LaneDepth::halve(std::int64_t sent_at) {
    if (sent_at > depth_) {
        return;
    }
    if (rate_before_) {
        rate_before_.reset();
        goal_ = std::max<std::int64_t>(depth_ / 2, 1);
    }
    set(std::max<std::int64_t>(depth_ / 2, 1));
}

}  // namespace inference
