#include "activity/activity_state.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace temporal::activity {
namespace {

TEST(ActivityState, EndsOnce) {
    ActivityState state;

    EXPECT_TRUE(state.end());
    EXPECT_FALSE(state.end());
}

TEST(ActivityState, KeepsTheFirstReasonToStop) {
    ActivityState state;

    EXPECT_TRUE(state.request_cancel(ActivityCancelReason::kPaused));
    EXPECT_FALSE(state.request_cancel(ActivityCancelReason::kWorkerShutdown));

    EXPECT_EQ(state.cancel_reason(), ActivityCancelReason::kPaused);
}

TEST(ActivityState, IgnoresACancelAfterTheEnd) {
    ActivityState state;
    state.end();

    EXPECT_FALSE(state.request_cancel(ActivityCancelReason::kCanceled));

    EXPECT_EQ(state.cancel_reason(), std::nullopt);
}

TEST(ActivityState, ACompletionDroppedInTheFunctionCountsOnlyOnceItHasReturned) {
    ActivityState state;

    EXPECT_FALSE(state.drop());
    EXPECT_FALSE(state.ended());
    EXPECT_TRUE(state.started());
}

TEST(ActivityState, AnExceptionBeatsTheCompletionThatItDropped) {
    ActivityState state;
    state.drop();

    EXPECT_TRUE(state.end());
    EXPECT_FALSE(state.started());
}

TEST(ActivityState, ACompletionDroppedAfterTheFunctionEndsTheAttempt) {
    ActivityState state;
    state.started();

    EXPECT_TRUE(state.drop());
    EXPECT_FALSE(state.end());
}

RC_GTEST_PROP(ActivityState, WhateverHappensItEndsAtMostOnce, (const std::vector<int>& steps)) {
    ActivityState state;
    int ends = 0;
    for (const int step : steps) {
        switch (static_cast<unsigned>(step) % 4) {
            case 0: ends += state.end() ? 1 : 0; break;
            case 1: ends += state.drop() ? 1 : 0; break;
            case 2: ends += state.started() ? 1 : 0; break;
            default: state.request_cancel(ActivityCancelReason::kCanceled); break;
        }
    }
    RC_ASSERT(ends == (state.ended() ? 1 : 0));
}

}  // namespace
}  // namespace temporal::activity
