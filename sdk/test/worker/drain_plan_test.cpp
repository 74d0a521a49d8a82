#include "worker/drain_plan.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace temporal::worker {
namespace {

using std::chrono_literals::operator""s;

TEST(DrainPlan, LeavesAttemptsTheirGraceAndIsOverFiveSecondsAfterIt) {
    const DrainPlan::TimePoint start{};
    for (const Duration grace : {Duration{0s}, Duration{30s}}) {
        const DrainPlan plan(start, grace);

        EXPECT_GT(plan.abandon, start + grace);
        EXPECT_GT(plan.give_up, plan.abandon);
        EXPECT_GT(plan.leave, plan.give_up);
        EXPECT_LT(plan.leave, start + grace + 5s);
    }
}

}  // namespace
}  // namespace temporal::worker
