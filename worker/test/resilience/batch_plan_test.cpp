#include "resilience/batch_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inference {
namespace {

using testing::ElementsAre;

std::vector<ItemRange> rest_of(BatchPlan& plan) {
    std::vector<ItemRange> ranges;
    while (const auto range = plan.next()) {
        ranges.push_back(*range);
        plan.done();
    }
    return ranges;
}

TEST(BatchPlan, WithoutALimitAllItemsGoAtOnce) {
    BatchPlan plan(5);

    EXPECT_TRUE(plan.is_whole());
    EXPECT_THAT(rest_of(plan), ElementsAre(ItemRange{0, 5}));
}

TEST(BatchPlan, ALimitCutsItIntoPartsAndTheLastHasWhatIsLeft) {
    BatchPlan plan(10, 4);

    EXPECT_FALSE(plan.is_whole());
    EXPECT_THAT(rest_of(plan), ElementsAre(ItemRange{0, 4}, ItemRange{4, 4}, ItemRange{8, 2}));
}

TEST(BatchPlan, APartIsTriedUntilItIsDone) {
    BatchPlan plan(4, 2);

    EXPECT_EQ(plan.next(), (ItemRange{0, 2}));
    EXPECT_EQ(plan.next(), (ItemRange{0, 2}));
}

TEST(BatchPlan, ShrinkingCutsWhatIsNotDoneYet) {
    BatchPlan plan(10, 4);
    plan.done();
    plan.shrink(3);

    EXPECT_THAT(rest_of(plan), ElementsAre(ItemRange{4, 3}, ItemRange{7, 3}));
}

TEST(BatchPlan, ABatchOfNothingIsOneCall) {
    BatchPlan plan(0);

    EXPECT_THAT(rest_of(plan), ElementsAre(ItemRange{0, 1}));
}

RC_GTEST_PROP(
    BatchPlan, EveryItemIsDoneOnceWhateverShrinks, (const std::vector<std::int64_t>& limits)
) {
    const auto items = *rc::gen::inRange<std::int64_t>(1, 200);
    BatchPlan plan(items, *rc::gen::inRange<std::int64_t>(0, 50));
    std::int64_t done = 0;
    for (std::size_t step = 0; const auto range = plan.next(); ++step) {
        RC_ASSERT(range->first == done);
        RC_ASSERT(range->count > 0);
        done += range->count;
        plan.done();
        if (step < limits.size()) {
            plan.shrink(limits[step]);
        }
    }
    RC_ASSERT(done == items);
}

}  // namespace
}  // namespace inference
