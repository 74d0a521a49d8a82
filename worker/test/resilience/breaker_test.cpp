#include "resilience/breaker.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;
using State = Breaker::State;

const Breaker::TimePoint kStart{1h};

/// A call that begins and ends at once.
void call(Breaker& breaker, bool succeeds, Breaker::TimePoint now) {
    ASSERT_TRUE(breaker.lets_through(now));
    breaker.started(now);
    succeeds ? breaker.succeeded(now) : breaker.failed(now);
}

void open(Breaker& breaker, Breaker::TimePoint now) {
    for (int i = 0; i < 5; ++i) {
        call(breaker, false, now);
    }
    ASSERT_EQ(breaker.state(now), State::kOpen);
}

TEST(Breaker, FiveFailuresInARowOpenIt) {
    Breaker breaker({});
    for (int i = 0; i < 4; ++i) {
        call(breaker, false, kStart);
    }
    EXPECT_EQ(breaker.state(kStart), State::kClosed);

    call(breaker, false, kStart);

    EXPECT_EQ(breaker.state(kStart), State::kOpen);
    EXPECT_FALSE(breaker.lets_through(kStart));
    EXPECT_EQ(breaker.reopens(kStart), kStart + 30s);
}

TEST(Breaker, ASuccessEndsTheRow) {
    Breaker breaker({.minimum_calls = 1000});
    for (int i = 0; i < 20; ++i) {
        call(breaker, i % 5 == 4, kStart);
    }

    EXPECT_EQ(breaker.state(kStart), State::kClosed);
}

TEST(Breaker, HalfOfTenCallsInAMinuteOpenIt) {
    Breaker breaker({});
    for (int i = 0; i < 9; ++i) {
        call(breaker, i % 2 == 0, kStart + i * 6s);
    }
    EXPECT_EQ(breaker.state(kStart + 54s), State::kClosed) << "nine calls are too few to judge";

    call(breaker, false, kStart + 54s);

    EXPECT_EQ(breaker.state(kStart + 54s), State::kOpen);
}

TEST(Breaker, LessThanHalfLeavesItClosed) {
    Breaker breaker({});
    for (int i = 0; i < 30; ++i) {
        call(breaker, i % 3 != 0, kStart);
    }

    EXPECT_EQ(breaker.state(kStart), State::kClosed);
}

TEST(Breaker, FailuresOfLongerThanAMinuteAgoAreForgotten) {
    Breaker breaker({.consecutive_failures = 100});
    for (int i = 0; i < 9; ++i) {
        call(breaker, false, kStart);
    }

    call(breaker, false, kStart + 61s);

    EXPECT_EQ(breaker.state(kStart + 61s), State::kClosed);
}

TEST(Breaker, AfterThirtySecondsOneProbeIsLetThroughAndItsSuccessClosesIt) {
    Breaker breaker({});
    open(breaker, kStart);

    const auto later = kStart + 30s;
    EXPECT_EQ(breaker.state(later), State::kHalfOpen);
    ASSERT_TRUE(breaker.lets_through(later));
    breaker.started(later);
    EXPECT_FALSE(breaker.lets_through(later)) << "one probe at a time";
    EXPECT_EQ(breaker.reopens(later), std::nullopt) << "it hangs on the probe";
    breaker.succeeded(later);

    EXPECT_EQ(breaker.state(later), State::kClosed);
    EXPECT_TRUE(breaker.lets_through(later));
}

TEST(Breaker, AProbeThatFailsOpensItForAsLongAgain) {
    Breaker breaker({});
    open(breaker, kStart);

    call(breaker, false, kStart + 31s);

    EXPECT_EQ(breaker.state(kStart + 60s), State::kOpen);
    EXPECT_EQ(breaker.reopens(kStart + 60s), kStart + 61s);
}

TEST(Breaker, AProbeThatWasCancelledIsGivenBack) {
    Breaker breaker({});
    open(breaker, kStart);
    breaker.started(kStart + 30s);

    breaker.dropped(kStart + 31s);

    EXPECT_EQ(breaker.state(kStart + 31s), State::kHalfOpen);
    EXPECT_TRUE(breaker.lets_through(kStart + 31s));
}

TEST(Breaker, SeveralProbesMustAllSucceed) {
    Breaker breaker({.probes = 3});
    open(breaker, kStart);
    const auto later = kStart + 30s;

    call(breaker, true, later);
    call(breaker, true, later);
    EXPECT_EQ(breaker.state(later), State::kHalfOpen);
    call(breaker, true, later);

    EXPECT_EQ(breaker.state(later), State::kClosed);
}

TEST(Breaker, ACallOfBeforeItOpenedClosesNothing) {
    Breaker breaker({});
    breaker.started(kStart);
    open(breaker, kStart);

    breaker.succeeded(kStart + 1s);

    EXPECT_EQ(breaker.state(kStart + 1s), State::kOpen);
}

TEST(Breaker, AClosedCircuitBeginsWithoutItsPast) {
    Breaker breaker({});
    open(breaker, kStart);
    call(breaker, true, kStart + 30s);

    call(breaker, false, kStart + 31s);

    EXPECT_EQ(breaker.state(kStart + 31s), State::kClosed);
}

TEST(Breaker, AnEndpointThatIsKnownToBeBrokenIsLeftAloneAtOnce) {
    Breaker breaker({});

    breaker.trip(kStart);

    EXPECT_FALSE(breaker.lets_through(kStart));
}

}  // namespace
}  // namespace inference
