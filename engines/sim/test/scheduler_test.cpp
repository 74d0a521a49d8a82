#include "scheduler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace engine_sim {

// Shown by gtest when an expectation fails.
static bool operator==(const Scheduler::Event& a, const Scheduler::Event& b) {
    return a.kind == b.kind && a.call == b.call && a.at == b.at;
}

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kStart{};

Scheduler::Event started(CallId call, Duration at) {
    return {Scheduler::Event::Kind::kStarted, call, kStart + at};
}

Scheduler::Event finished(CallId call, Duration at) {
    return {Scheduler::Event::Kind::kFinished, call, kStart + at};
}

TEST(Scheduler, ACallStartsAtOnceWhereASlotIsFree) {
    Scheduler scheduler({.slots = 1});

    EXPECT_TRUE(scheduler.submit(1, {10ms}, 0, kStart));

    EXPECT_THAT(scheduler.advance(kStart), ElementsAre(started(1, 0ms)));
    EXPECT_EQ(scheduler.next_event(), kStart + 10ms);
    EXPECT_THAT(scheduler.advance(kStart + 10ms), ElementsAre(finished(1, 10ms)));
    EXPECT_EQ(scheduler.next_event(), std::nullopt);
}

TEST(Scheduler, AFreedSlotIsTakenAtThatInstantHoweverLateTheClockLooks) {
    Scheduler scheduler({.slots = 1});
    scheduler.submit(1, {10ms}, 0, kStart);
    scheduler.submit(2, {10ms}, 0, kStart);

    EXPECT_THAT(
        scheduler.advance(kStart + 1s),
        ElementsAre(started(1, 0ms), finished(1, 10ms), started(2, 10ms), finished(2, 20ms))
    );
}

TEST(Scheduler, ANewcomerDoesNotOvertakeThoseWhoWaited) {
    Scheduler scheduler({.slots = 1});
    scheduler.submit(1, {10ms}, 0, kStart);
    scheduler.submit(2, {10ms}, 0, kStart);

    scheduler.submit(3, {10ms}, 0, kStart + 15ms);

    EXPECT_THAT(
        scheduler.advance(kStart + 15ms),
        ElementsAre(started(1, 0ms), finished(1, 10ms), started(2, 10ms))
    );
    EXPECT_EQ(scheduler.waiting(), 1U);
}

TEST(Scheduler, AFullQueueRefusesACallAndNothingChanges) {
    Scheduler scheduler({.slots = 1, .queue = 1});
    EXPECT_TRUE(scheduler.submit(1, {10ms}, 0, kStart));
    EXPECT_TRUE(scheduler.submit(2, {10ms}, 0, kStart));

    EXPECT_FALSE(scheduler.submit(3, {10ms}, 0, kStart));

    EXPECT_EQ(scheduler.running(), 1U);
    EXPECT_EQ(scheduler.waiting(), 1U);
    EXPECT_TRUE(scheduler.submit(3, {10ms}, 0, kStart + 10ms));
}

TEST(Scheduler, ACallOfManySequencesStartsWithTheFirstAndEndsWithTheLast) {
    Scheduler scheduler({.slots = 2});
    scheduler.submit(1, {30ms, 10ms, 10ms}, 0, kStart);

    EXPECT_THAT(scheduler.advance(kStart + 20ms), ElementsAre(started(1, 0ms)));
    EXPECT_THAT(scheduler.advance(kStart + 30ms), ElementsAre(finished(1, 30ms)));
}

TEST(Scheduler, ACallCanHearOfEachOfItsSequences) {
    Scheduler scheduler({.slots = 2});
    scheduler.submit(1, {10ms, 30ms, 10ms}, 0, kStart, Scheduler::Tell::kSequences);

    const auto events = scheduler.advance(kStart + 1s);

    ASSERT_EQ(events.size(), 5U);
    EXPECT_EQ(events[0], started(1, 0ms));
    EXPECT_EQ(events[1].kind, Scheduler::Event::Kind::kSequenceStarted);
    EXPECT_EQ(events[3].kind, Scheduler::Event::Kind::kSequenceStarted);
    EXPECT_EQ(events[3].sequence, 2U);
    EXPECT_EQ(events[3].at, kStart + 10ms);
    EXPECT_EQ(events[4], finished(1, 30ms));
}

TEST(Scheduler, LowerPrioritiesStartFirstIfTheyCount) {
    Scheduler scheduler({.slots = 1, .by_priority = true});
    scheduler.submit(1, {10ms}, 0, kStart);
    scheduler.submit(2, {10ms}, 20, kStart);
    scheduler.submit(3, {10ms}, 10, kStart);
    scheduler.advance(kStart);

    EXPECT_THAT(scheduler.advance(kStart + 10ms), ElementsAre(finished(1, 10ms), started(3, 10ms)));
}

TEST(Scheduler, PrioritiesAreIgnoredUnderFirstComeFirstServed) {
    Scheduler scheduler({.slots = 1});
    scheduler.submit(1, {10ms}, 0, kStart);
    scheduler.submit(2, {10ms}, 20, kStart);
    scheduler.submit(3, {10ms}, 10, kStart);
    scheduler.advance(kStart);

    EXPECT_THAT(scheduler.advance(kStart + 10ms), ElementsAre(finished(1, 10ms), started(2, 10ms)));
}

TEST(Scheduler, ARemovedCallFreesItsSlotForTheNext) {
    Scheduler scheduler({.slots = 1});
    scheduler.submit(1, {1h}, 0, kStart);
    scheduler.submit(2, {10ms}, 0, kStart);
    scheduler.advance(kStart);

    scheduler.remove(1, kStart + 5ms);

    EXPECT_THAT(scheduler.advance(kStart + 5ms), ElementsAre(started(2, 5ms)));
    EXPECT_THAT(scheduler.advance(kStart + 15ms), ElementsAre(finished(2, 15ms)));
}

TEST(Scheduler, ARemovedCallLeavesTheQueue) {
    Scheduler scheduler({.slots = 1});
    scheduler.submit(1, {10ms}, 0, kStart);
    scheduler.submit(2, {10ms}, 0, kStart);

    scheduler.remove(2, kStart);

    EXPECT_THAT(scheduler.advance(kStart + 1s), ElementsAre(started(1, 0ms), finished(1, 10ms)));
    EXPECT_THAT(scheduler.advance(kStart + 2s), IsEmpty());
}

RC_GTEST_PROP(Scheduler, NeverRunsMoreThanItsSlotsAndLosesNoCall, ()) {
    const auto slots = *rc::gen::inRange<std::size_t>(1, 5);
    const auto times = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 50));
    Scheduler scheduler({.slots = slots});
    CallId next = 0;
    std::map<CallId, int> ends;

    TimePoint now = kStart;
    for (const int time : times) {
        scheduler.submit(++next, {std::chrono::milliseconds(time)}, 0, now);
        now += std::chrono::milliseconds(time / 3);
        for (const auto& event : scheduler.advance(now)) {
            ends[event.call] += event.kind == Scheduler::Event::Kind::kFinished ? 1 : 0;
        }
        RC_ASSERT(scheduler.running() <= slots);
    }
    for (const auto& event : scheduler.advance(now + 1h)) {
        ends[event.call] += event.kind == Scheduler::Event::Kind::kFinished ? 1 : 0;
    }

    RC_ASSERT(ends.size() == times.size());
    RC_ASSERT(std::ranges::all_of(ends, [](const auto& end) { return end.second == 1; }));
}

}  // namespace
}  // namespace engine_sim
