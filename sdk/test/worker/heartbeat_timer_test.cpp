#include "worker/heartbeat_timer.hpp"

#include "activity/running_activity.hpp"
#include "wait.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stop_token>

namespace temporal::worker {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;

/// Opens a gate at the wanted number of heartbeats.
class CountingHost final : public activity::ActivityHost {
public:
    explicit CountingHost(int wanted) : wanted_(wanted) {}
    void report(const activity::RunningActivity&, activity::ActivityResult) override {}
    void heartbeat(const activity::RunningActivity&, const Payloads&) override {
        if (++count_ == wanted_) {
            reached.open();
        }
    }
    void repeat_heartbeats(const std::shared_ptr<activity::RunningActivity>&, Duration) override {}
    [[nodiscard]] std::stop_token shutting_down() const override { return {}; }

    Gate reached;

private:
    const int wanted_;
    int count_ = 0;  // The attempt's lock guards it.
};

std::shared_ptr<activity::RunningActivity> attempt(const std::shared_ptr<CountingHost>& host) {
    return std::make_shared<activity::RunningActivity>("token", ActivityInfo{}, Payloads{}, host);
}

TEST(HeartbeatTimer, RepeatsTheHeartbeatsOfAllItsActivities) {
    HeartbeatTimer timer;
    const auto first = std::make_shared<CountingHost>(3);
    const auto second = std::make_shared<CountingHost>(3);
    const auto one = attempt(first);
    const auto other = attempt(second);
    timer.repeat(one, 1ms);
    timer.repeat(other, 1ms);

    EXPECT_TRUE(first->reached.wait());
    EXPECT_TRUE(second->reached.wait());
}

TEST(HeartbeatTimer, AShorterIntervalWakesATimerThatSleepsForLong) {
    HeartbeatTimer timer;
    const auto patient = std::make_shared<CountingHost>(1);
    const auto soon = std::make_shared<CountingHost>(1);
    const auto one = attempt(patient);
    const auto other = attempt(soon);
    timer.repeat(one, 1h);
    timer.repeat(other, 1ms);

    EXPECT_TRUE(soon->reached.wait());
}

TEST(HeartbeatTimer, TakesNothingMoreOnceItIsStopped) {
    HeartbeatTimer timer;
    const auto host = std::make_shared<CountingHost>(1);
    const auto running = attempt(host);

    timer.stop();
    timer.repeat(running, 1ms);

    EXPECT_EQ(running.use_count(), 1);
}

}  // namespace
}  // namespace temporal::worker
