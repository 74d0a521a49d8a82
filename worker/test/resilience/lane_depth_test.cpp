#include "resilience/lane_depth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace inference {
namespace {

using namespace std::chrono_literals;

/// An engine that works at `slots` calls at a time, each for `time`; more wait their turn.
class Engine {
public:
    Engine(LaneDepth& lane, std::int64_t slots, std::chrono::milliseconds time)
        : lane_(lane), slots_(slots), time_(time) {}

    /// So many calls, one after the other, as they are answered.
    void answer(int calls, bool is_full = true) {
        for (int call = 0; call < calls; ++call) {
            const std::int64_t busy = std::min(slots_, lane_.depth());
            now += std::chrono::nanoseconds(time_) / busy;
            const auto took = std::chrono::nanoseconds(time_) * lane_.depth() / busy;
            lane_.answered(now, took, is_full);
        }
    }

    LaneDepth::Time now{1h};

private:
    LaneDepth& lane_;
    std::int64_t slots_;
    std::chrono::milliseconds time_;
};

TEST(LaneDepth, ADepthThatIsSetByHandStays) {
    LaneDepth lane({.start = 16, .most = 16});
    Engine(lane, 256, 100ms).answer(100'000);
    EXPECT_EQ(lane.depth(), 16);
    Engine(lane, 1, 60s).answer(1'000);
    EXPECT_EQ(lane.depth(), 16);
}

TEST(LaneDepth, GrowsForAsLongAsTheEngineGetsQuickerByIt) {
    LaneDepth lane({.start = 64, .most = 1024});
    Engine(lane, 200, 1s).answer(20'000);
    // 256 fill the 200 slots; 512 did not answer more.
    EXPECT_EQ(lane.depth(), 256);
}

TEST(LaneDepth, StaysWhereTwiceAsManyBringNothing) {
    LaneDepth lane({.start = 64, .most = 256});
    Engine engine(lane, 32, 1s);
    int trials = 0;
    for (int call = 0; call < 10'000; ++call) {
        const std::int64_t before = lane.depth();
        engine.answer(1);
        trials += before == 64 && lane.depth() == 128 ? 1 : 0;
    }
    EXPECT_EQ(lane.depth(), 64);
    EXPECT_EQ(trials, 1);
}

TEST(LaneDepth, NeverPassesTheMost) {
    LaneDepth lane({.start = 64, .most = 256});
    Engine(lane, 10'000, 1s).answer(100'000);
    EXPECT_EQ(lane.depth(), 256);
}

TEST(LaneDepth, CallsThatWaitInTheEngineForHalfOfTheirTimeoutAreTooMany) {
    // One at a time, 10 s each: of 64 the last would wait for 640 s, and time out at 280.
    LaneDepth lane({.start = 64, .most = 256, .timeout = 280s});
    Engine(lane, 1, 10s).answer(20);
    // As many as take a quarter of it: 70 s.
    EXPECT_EQ(lane.depth(), 7);
    Engine(lane, 1, 10s).answer(100);
    EXPECT_EQ(lane.depth(), 7);
}

TEST(LaneDepth, AnEngineThatIsSlowerThanItsTimeoutGetsOneCallAtATime) {
    LaneDepth lane({.start = 64, .most = 256, .timeout = 280s});
    Engine(lane, 1, 250s).answer(20);
    EXPECT_EQ(lane.depth(), 1);
}

TEST(LaneDepth, ALineThatRunsDryShowsNoRate) {
    LaneDepth lane({.start = 64, .most = 256});
    Engine(lane, 256, 1s).answer(10'000, false);
    EXPECT_EQ(lane.depth(), 64);
}

TEST(LaneDepth, HalvesAtOnceAndComesBackOneByOne) {
    LaneDepth lane({.start = 16, .most = 16});
    lane.halve(16);
    EXPECT_EQ(lane.depth(), 8);
    lane.halve(16);  // Sent before.
    EXPECT_EQ(lane.depth(), 8);
    Engine engine(lane, 16, 1s);
    engine.answer(15);
    EXPECT_EQ(lane.depth(), 8);
    engine.answer(1);
    EXPECT_EQ(lane.depth(), 9);
    engine.answer(1'000);
    EXPECT_EQ(lane.depth(), 16);
}

TEST(LaneDepth, ATrialThatTheEngineRefusesIsOver) {
    LaneDepth lane({.start = 64, .most = 256});
    Engine engine(lane, 1'000, 1s);
    while (lane.depth() == 64) {
        engine.answer(1);
    }
    EXPECT_EQ(lane.depth(), 128);
    lane.halve(128);
    EXPECT_EQ(lane.depth(), 64);
    engine.answer(64);
    EXPECT_EQ(lane.depth(), 64);
}

}  // namespace
}  // namespace inference
