#include "capacity/shared_slots.hpp"

#include "scripted_core/scripted_core.hpp"
#include "temporal/client.hpp"
#include "temporal/worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace inference {
namespace {

using temporal::scripted::ScriptedCore;
using temporal::scripted::ScriptedSlots;
using ::testing::Each;
using ::testing::Field;

inline constexpr temporal::Activity<int()> kNothing{"nothing"};

/// Two workers with a queue each, behind which the test asks as core would.
class SharedSlotsTest : public ::testing::Test {
protected:
    static constexpr std::size_t kSlots = 4;

    void SetUp() override {
        for (std::size_t i = 0; i < 2; ++i) {
            temporal::Worker& worker = workers_.emplace_back(
                client_,
                temporal::WorkerOptions{
                    .task_queue = std::to_string(i),
                    .activity_slots = slots_->supplier(i),
                }
            );
            worker.add(kNothing, [] { return 0; });
        }
        serving_ = std::jthread([this](std::stop_token stop) { temporal::run(workers_, stop); });
        for (std::size_t i = 0; i < 2; ++i) {
            ASSERT_TRUE(core_.worker(std::to_string(i)).wait_until_started());
            asking_.push_back(core_.worker(std::to_string(i)).activity_slots());
        }
    }

    /// As core does: asks, polls, and has a task at once.
    std::uint64_t take(std::size_t queue) {
        const auto permit = asking_[queue]->permit_of(asking_[queue]->reserve());
        EXPECT_TRUE(permit);
        asking_[queue]->mark_used(permit.value_or(0));
        return permit.value_or(0);
    }

    ScriptedCore core_;
    std::unique_ptr<SharedSlots> slots_ =
        std::make_unique<SharedSlots>(SlotShares({1, 1}, kSlots, Lending::kAllowed));
    temporal::Client client_ = temporal::Client::connect({});
    std::vector<temporal::Worker> workers_;
    std::vector<std::shared_ptr<ScriptedSlots>> asking_;
    std::jthread serving_;
};

TEST_F(SharedSlotsTest, WhatOneQueueGivesBackTheOtherGets) {
    std::vector<std::uint64_t> held;
    for (std::size_t i = 0; i < kSlots; ++i) {
        held.push_back(take(0));
    }
    const auto waiting = asking_[1]->reserve();
    EXPECT_FALSE(asking_[1]->is_granted(waiting));

    asking_[0]->release(held[0]);

    EXPECT_TRUE(asking_[1]->permit_of(waiting));
}

TEST_F(SharedSlotsTest, ASlotThatAnEmptyQueueDoesNotFillIsGivenOnByTheClock) {
    const auto poll = asking_[1]->permit_of(asking_[1]->reserve());
    ASSERT_TRUE(poll);

    // All four, though nobody gives anything back.
    for (std::size_t i = 0; i < kSlots; ++i) {
        take(0);
    }

    EXPECT_EQ(slots_->use()[0].used, kSlots);
}

TEST_F(SharedSlotsTest, WhoWithdrawsLeavesItsPlaceToTheNext) {
    std::vector<std::uint64_t> held;
    for (std::size_t i = 0; i < kSlots; ++i) {
        held.push_back(take(0));
    }
    const auto first = asking_[1]->reserve();
    const auto second = asking_[1]->reserve();

    asking_[1]->withdraw(first);
    asking_[0]->release(held[0]);

    EXPECT_TRUE(asking_[1]->permit_of(second));
}

TEST_F(SharedSlotsTest, ATaskThatIsThereGetsASlotAtOnceOrNone) {
    for (std::size_t i = 0; i < kSlots - 1; ++i) {
        take(0);
    }

    const auto permit = asking_[1]->try_reserve();
    EXPECT_NE(permit, 0U);
    EXPECT_EQ(asking_[1]->try_reserve(), 0U);
    asking_[1]->release(permit);
    EXPECT_NE(asking_[1]->try_reserve(), 0U);
}

TEST_F(SharedSlotsTest, SlotsThatAreAddedGoToWhoWaits) {
    for (std::size_t i = 0; i < kSlots; ++i) {
        take(0);
    }
    const auto waiting = asking_[1]->reserve();

    slots_->divide({1, 1}, kSlots + 1, Lending::kAllowed);

    EXPECT_TRUE(asking_[1]->permit_of(waiting));
}

TEST_F(SharedSlotsTest, ManyThreadsThatAskAndGiveBackLeaveNoSlotBehind) {
    constexpr int kRounds = 200;
    const auto work = [this](std::size_t queue) {
        for (int i = 0; i < kRounds; ++i) {
            asking_[queue]->release(take(queue));
        }
    };
    {
        const std::jthread one(work, 0);
        const std::jthread other(work, 1);
    }

    EXPECT_THAT(slots_->use(), Each(Field(&SlotShares::Use::used, 0U)));
    EXPECT_THAT(slots_->use(), Each(Field(&SlotShares::Use::waiting, 0U)));
}

}  // namespace
}  // namespace inference
