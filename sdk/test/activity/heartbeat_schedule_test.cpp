#include "activity/heartbeat_schedule.hpp"

#include "recording_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace temporal::activity {
namespace {

using std::chrono_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr HeartbeatSchedule::TimePoint kStart{};

TEST(HeartbeatSchedule, NothingIsDueWithoutActivities) {
    HeartbeatSchedule schedule;

    EXPECT_EQ(schedule.next(), std::nullopt);
    EXPECT_THAT(schedule.take_due(kStart + 1000s), IsEmpty());
}

TEST(HeartbeatSchedule, AnActivityIsDueEveryInterval) {
    HeartbeatSchedule schedule;
    const auto running = make_running(std::make_shared<RecordingHost>());
    schedule.repeat(running, 3s, kStart);

    EXPECT_EQ(schedule.next(), kStart + 3s);
    EXPECT_THAT(schedule.take_due(kStart + 2s), IsEmpty());
    EXPECT_THAT(schedule.take_due(kStart + 3s), ElementsAre(running));
    EXPECT_EQ(schedule.next(), kStart + 6s);
}

TEST(HeartbeatSchedule, ALateTickIsNotMadeUpFor) {
    HeartbeatSchedule schedule;
    const auto running = make_running(std::make_shared<RecordingHost>());
    schedule.repeat(running, 1s, kStart);

    EXPECT_THAT(schedule.take_due(kStart + 10s), ElementsAre(running));
    EXPECT_EQ(schedule.next(), kStart + 11s);
}

TEST(HeartbeatSchedule, ASecondCallReplacesTheInterval) {
    HeartbeatSchedule schedule;
    const auto running = make_running(std::make_shared<RecordingHost>());
    schedule.repeat(running, 1s, kStart);
    schedule.repeat(running, 5s, kStart);

    EXPECT_THAT(schedule.take_due(kStart + 4s), IsEmpty());
    EXPECT_THAT(schedule.take_due(kStart + 5s), ElementsAre(running));
}

TEST(HeartbeatSchedule, DueActivitiesComeInTheOrderInWhichTheyAreDue) {
    HeartbeatSchedule schedule;
    const auto slow = make_running(std::make_shared<RecordingHost>());
    const auto fast = make_running(std::make_shared<RecordingHost>());
    schedule.repeat(slow, 2s, kStart);
    schedule.repeat(fast, 1s, kStart);

    EXPECT_THAT(schedule.take_due(kStart + 2s), ElementsAre(fast, slow));
}

TEST(HeartbeatSchedule, AnActivityThatIsGoneLeaves) {
    HeartbeatSchedule schedule;
    auto running = make_running(std::make_shared<RecordingHost>());
    schedule.repeat(running, 1s, kStart);
    running.reset();

    EXPECT_THAT(schedule.take_due(kStart + 1s), IsEmpty());
    EXPECT_EQ(schedule.next(), std::nullopt);
}

}  // namespace
}  // namespace temporal::activity
