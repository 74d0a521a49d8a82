#include "capacity/slot_shares.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr SlotShares::Time kStart{};

/// Each queue always has a task more, and a poller that asks for it.
class SlotSharesTest : public ::testing::Test {
protected:
    std::vector<std::size_t> grant() {
        std::vector<std::size_t> queues;
        for (const auto& [queue, permit] : shares_.grant(now_)) {
            queues.push_back(queue);
            polling_.emplace_back(queue, permit);
        }
        return queues;
    }

    /// All polls that are under way bring a task, and the pollers ask anew.
    void bring_tasks() {
        for (const auto& [queue, permit] : std::exchange(polling_, {})) {
            shares_.begin(permit, now_);
            running_.emplace_back(queue, permit);
            shares_.ask(queue);
        }
    }

    void fill() {
        while (!grant().empty()) {
            bring_tasks();
        }
    }

    void end_one_of(std::size_t queue) {
        const auto found =
            std::ranges::find(running_, queue, [](const auto& it) { return it.first; });
        ASSERT_NE(found, running_.end());
        shares_.end(found->second, now_);
        running_.erase(found);
    }

    std::vector<std::size_t> used() {
        std::vector<std::size_t> used;
        for (const SlotShares::Use& use : shares_.use(now_)) {
            used.push_back(use.used);
        }
        return used;
    }

    SlotShares shares_{{50, 35, 15}, 10, Lending::kAllowed};
    SlotShares::Time now_ = kStart;
    std::vector<std::pair<std::size_t, PermitId>> polling_;
    std::vector<std::pair<std::size_t, PermitId>> running_;
};

TEST_F(SlotSharesTest, FloorsAreWholeSharesAndAtLeastOne) {
    const auto floors = [](SlotShares shares) {
        std::vector<std::size_t> floors;
        for (const SlotShares::Use& use : shares.use(kStart)) {
            floors.push_back(use.floor);
        }
        return floors;
    };

    EXPECT_THAT(floors(shares_), ElementsAre(5, 3, 1));
    EXPECT_THAT(floors({{50, 35, 15}, 20, Lending::kAllowed}), ElementsAre(10, 7, 3));
    EXPECT_THAT(floors({{50, 35, 15}, 1, Lending::kAllowed}), ElementsAre(1, 1, 1));
    EXPECT_THAT(floors({{0.1, 0.2, 0.7}, 10, Lending::kAllowed}), ElementsAre(1, 2, 7));
    EXPECT_THAT(floors({{1, 0}, 10, Lending::kAllowed}), ElementsAre(10, 0));
    EXPECT_THAT(floors({{29, 71}, 100, Lending::kAllowed}), ElementsAre(29, 71))
        << "28.999... is 29";
}

TEST_F(SlotSharesTest, QueuesWithWorkFillTheirFloorsAndTheSlotsThatRemain) {
    for (const std::size_t queue : {0, 1, 2}) {
        shares_.ask(queue);
    }

    fill();

    EXPECT_THAT(
        used(), ::testing::AnyOf(ElementsAre(5, 4, 1), ElementsAre(5, 3, 2), ElementsAre(6, 3, 1))
    );
}

TEST_F(SlotSharesTest, AQueueHasOnePollAtATime) {
    shares_.ask(0);
    shares_.ask(0);

    EXPECT_THAT(grant(), ElementsAre(0));
    EXPECT_THAT(grant(), IsEmpty());
}

TEST_F(SlotSharesTest, WhatAnIdleQueueLeavesIsLent) {
    shares_.ask(0);

    fill();

    EXPECT_THAT(used(), ElementsAre(10, 0, 0));
    EXPECT_EQ(shares_.use(now_)[0].lent, 5U);
}

TEST_F(SlotSharesTest, StrictLendsNoFloor) {
    shares_ = SlotShares({50, 35, 15}, 10, Lending::kStrict);
    shares_.ask(0);

    fill();

    EXPECT_THAT(used(), ElementsAre(6, 0, 0));
}

TEST_F(SlotSharesTest, AnEmptyPollIsNoUsedSlot) {
    shares_.ask(1);
    grant();
    now_ += SlotShares::kFirstPollTime;
    polling_.clear();
    shares_.ask(0);

    fill();

    EXPECT_THAT(used(), ElementsAre(10, 0, 0));
}

TEST_F(SlotSharesTest, APollThatHasJustBegunIsTakenForATask) {
    shares_.ask(1);
    grant();
    polling_.clear();
    shares_.ask(0);

    fill();

    EXPECT_THAT(used(), ElementsAre(7, 0, 0))
        << "the floor of 1 is 3, and its poll may bring a task";
    EXPECT_EQ(shares_.next_look(), kStart + SlotShares::kFirstPollTime);
}

TEST_F(SlotSharesTest, AnEmptyQueueKeepsItsPollWhenAllSlotsAreInUse) {
    shares_.ask(1);
    grant();
    const PermitId first = polling_[0].second;
    polling_.clear();
    now_ += SlotShares::kFirstPollTime;
    shares_.ask(0);
    fill();

    shares_.end(first, now_);  // The server has ended the poll.
    shares_.ask(1);

    EXPECT_THAT(grant(), ElementsAre(1));
    bring_tasks();
    EXPECT_THAT(used(), ElementsAre(10, 1, 0)) << "one more than there are slots";
    EXPECT_THAT(grant(), IsEmpty()) << "and no second one";
}

TEST_F(SlotSharesTest, AQueueBelowItsFloorGetsTheNextSlots) {
    shares_.ask(0);
    fill();
    shares_.ask(2);
    shares_.ask(1);

    std::vector<std::size_t> order;
    for (int i = 0; i < 4; ++i) {
        end_one_of(0);
        for (const std::size_t queue : grant()) {
            order.push_back(queue);
        }
        bring_tasks();
    }

    EXPECT_THAT(order, ::testing::UnorderedElementsAre(1, 1, 1, 2));
}

TEST_F(SlotSharesTest, WhoHasSlotsThatAQueueBelowItsFloorWaitsForIsToldHowMany) {
    const auto owed = [this] {
        std::vector<std::size_t> owed;
        for (const SlotShares::Use& use : shares_.use(now_)) {
            owed.push_back(use.owed);
        }
        return owed;
    };
    shares_.ask(0);
    fill();
    EXPECT_THAT(owed(), ElementsAre(0, 0, 0)) << "nobody waits";
    shares_.ask(1);
    EXPECT_THAT(owed(), ElementsAre(3, 0, 0));
    shares_.ask(2);
    EXPECT_THAT(owed(), ElementsAre(4, 0, 0));
    end_one_of(0);
    EXPECT_THAT(owed(), ElementsAre(0, 0, 0)) << "one is free";
    for (int ended = 1; ended < 5; ++ended) {
        fill();
        end_one_of(0);
    }
    fill();
    EXPECT_THAT(owed(), ElementsAre(0, 0, 0)) << "all have their floors";
}

TEST_F(SlotSharesTest, SlotsThatEndTogetherAreKeptForAQueueBelowItsFloor) {
    shares_.ask(0);
    fill();
    shares_.ask(1);
    for (int i = 0; i < 10; ++i) {
        end_one_of(0);
    }

    fill();

    EXPECT_GE(used()[1], 3U);
}

TEST_F(SlotSharesTest, TheSpareSlotGoesToTheQueueFurthestBehind) {
    for (const std::size_t queue : {0, 1, 2}) {
        shares_.ask(queue);
    }
    fill();
    const bool was_low = used()[2] == 2;
    now_ += 10s;

    end_one_of(was_low ? 2 : 1);
    const auto granted = grant();

    EXPECT_THAT(granted, ElementsAre(was_low ? 1 : 2));
}

TEST_F(SlotSharesTest, AQueueClaimsNothingForTheTimeThatItWasIdle) {
    shares_ = SlotShares({1, 1}, 3, Lending::kAllowed);
    shares_.ask(0);
    fill();
    now_ += 1h;
    end_one_of(0);
    shares_.ask(1);
    fill();
    ASSERT_THAT(used(), ElementsAre(2, 1));
    now_ += 2s;
    end_one_of(0);
    EXPECT_THAT(grant(), ElementsAre(1)) << "2 slots of the other's, 1 of its own";
    bring_tasks();
    now_ += 4s;

    end_one_of(1);

    EXPECT_THAT(grant(), ElementsAre(0)) << "and not 1 for an hour";
}

TEST_F(SlotSharesTest, AQueueWithoutWeightGetsWhatNobodyElseWants) {
    shares_ = SlotShares({1, 1, 0}, 3, Lending::kAllowed);
    for (const std::size_t queue : {0, 1, 2}) {
        shares_.ask(queue);
    }
    fill();
    now_ += 1s;
    ASSERT_EQ(used()[2], 0U);

    end_one_of(0);
    EXPECT_THAT(grant(), ElementsAre(::testing::AnyOf(0, 1))) << "though 2 has had nothing yet";
    bring_tasks();
    shares_.withdraw(0);
    shares_.withdraw(1);
    end_one_of(0);

    EXPECT_THAT(grant(), ElementsAre(2));
}

TEST_F(SlotSharesTest, ATaskThatIsThereAlreadyTakesAFreeSlotAndNoOther) {
    shares_.ask(0);
    fill();
    EXPECT_EQ(shares_.try_take(1, now_), std::nullopt);

    end_one_of(0);
    const auto permit = shares_.try_take(1, now_);

    ASSERT_TRUE(permit);
    EXPECT_THAT(grant(), IsEmpty()) << "it counts from the start";
    shares_.begin(*permit, now_);
    EXPECT_EQ(used()[1], 1U);
    shares_.end(*permit, now_);
    EXPECT_THAT(grant(), ElementsAre(0));
}

TEST_F(SlotSharesTest, ATaskThatDidNotComeFromTheQueueDoesNotTellThatThereIsOneInIt) {
    shares_.ask(1);
    grant();
    polling_.clear();
    now_ += SlotShares::kFirstPollTime;
    shares_.grant(now_);
    const auto permit = shares_.try_take(1, now_);
    ASSERT_TRUE(permit);
    shares_.begin(*permit, now_);

    shares_.ask(0);
    fill();

    EXPECT_THAT(used(), ElementsAre(9, 1, 0)) << "the floor of 1 is lent";
}

TEST_F(SlotSharesTest, APermitThatIsGivenBackUnusedFreesItsSlot) {
    const auto permit = shares_.try_take(0, now_);
    ASSERT_TRUE(permit);

    shares_.end(*permit, now_);
    shares_.end(*permit, now_);

    shares_.ask(0);
    fill();
    EXPECT_EQ(used()[0], 10U);
}

TEST_F(SlotSharesTest, ASmallerPoolShrinksAsTasksEnd) {
    shares_.ask(0);
    fill();

    shares_.divide({50, 35, 15}, 8, Lending::kAllowed);

    for (int i = 0; i < 2; ++i) {
        end_one_of(0);
        EXPECT_THAT(grant(), IsEmpty());
    }
    end_one_of(0);
    EXPECT_THAT(grant(), ElementsAre(0));
}

TEST_F(SlotSharesTest, AQueueThatIsTakenOutLeavesItsShareToTheOthers) {
    shares_.ask(1);
    fill();

    shares_.divide({50, 0, 15}, 10, Lending::kAllowed);

    EXPECT_THAT(used(), ElementsAre(0, 10, 0)) << "what runs goes on";
    EXPECT_EQ(shares_.use(now_)[0].floor, 7U);
    shares_.withdraw(1);
    shares_.ask(0);
    end_one_of(1);
    EXPECT_THAT(grant(), ElementsAre(0));
}

TEST_F(SlotSharesTest, SlotTimeIsWhatWasHeld) {
    shares_.ask(1);
    fill();
    now_ += 3s;

    EXPECT_EQ(shares_.use(now_)[1].slot_time, 30s);
    EXPECT_EQ(shares_.use(now_)[0].slot_time, 0s);
}

TEST_F(SlotSharesTest, TheShareHadIsThatOfLate) {
    shares_.ask(1);
    fill();
    now_ += 1h;
    for (int i = 0; i < 10; ++i) {
        end_one_of(1);
    }
    shares_.withdraw(1);
    shares_.ask(0);
    fill();
    now_ += 10min;

    EXPECT_GT(shares_.use(now_)[0].recent_share, 0.99);
    EXPECT_LT(shares_.use(now_)[0].slot_time, shares_.use(now_)[1].slot_time);
}

}  // namespace
}  // namespace inference
