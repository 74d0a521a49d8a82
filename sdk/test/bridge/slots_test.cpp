#include "bridge/connection.hpp"
#include "bridge/core_worker.hpp"
#include "bridge/runtime.hpp"
#include "scripted_core/scripted_core.hpp"
#include "temporal/slot_supplier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace temporal::bridge {
namespace {

using scripted::ScriptedCore;
using ::testing::ElementsAre;

/// Grants when the test says so, and keeps a list of what it was told.
class HeldSlots final : public SlotSupplier {
public:
    explicit HeldSlots(std::vector<std::string>& told) : told_(told) {}
    ~HeldSlots() override { told_.emplace_back("end"); }

    void reserve(SlotReservation reservation) override {
        const std::lock_guard lock(mutex_);
        told_.emplace_back("reserve");
        waiting_.push_back(std::move(reservation));
    }
    void withdraw(const SlotReservation& reservation) override {
        const std::lock_guard lock(mutex_);
        told_.emplace_back(
            std::erase(waiting_, reservation) == 1 ? "withdraw" : "withdraw what it does not know"
        );
    }
    std::optional<SlotPermit> try_reserve() override {
        const std::lock_guard lock(mutex_);
        return std::exchange(free_, std::nullopt);
    }
    void mark_used(SlotPermit permit) override { note("used", permit); }
    void release(SlotPermit permit) override { note("release", permit); }

    bool grant_first(SlotPermit permit) {
        std::unique_lock lock(mutex_);
        const SlotReservation reservation = waiting_.front();
        waiting_.erase(waiting_.begin());
        lock.unlock();
        return reservation.grant(permit);
    }
    void let_one_go(SlotPermit permit) {
        const std::lock_guard lock(mutex_);
        free_ = permit;
    }

private:
    void note(const std::string& what, SlotPermit permit) {
        const std::lock_guard lock(mutex_);
        told_.push_back(what + " " + std::to_string(static_cast<std::uint64_t>(permit)));
    }

    std::mutex mutex_;
    std::vector<std::string>& told_;
    std::vector<SlotReservation> waiting_;
    std::optional<SlotPermit> free_;
};

class SlotsTest : public ::testing::Test {
protected:
    std::shared_ptr<CoreWorker> make_worker(std::shared_ptr<SlotSupplier> slots) {
        CoreWorkerOptions options;
        options.namespace_name = "default";
        options.task_queue = "queue";
        options.activity_slots = std::move(slots);
        return CoreWorker::make(connection_->runtime(), connection_, options);
    }

    ScriptedCore core_;
    std::vector<std::string> told_;
    std::shared_ptr<Connection> connection_ = Connection::connect(Runtime::make({}), {}, {});
};

TEST_F(SlotsTest, APermitGoesFromTheSupplierToWhoWaitsAndBack) {
    auto supplier = std::make_shared<HeldSlots>(told_);
    const auto worker = make_worker(supplier);
    const auto slots = core_.worker().activity_slots();
    ASSERT_NE(slots, nullptr);

    const auto reservation = slots->reserve();
    EXPECT_FALSE(slots->is_granted(reservation));
    EXPECT_TRUE(supplier->grant_first(SlotPermit{7}));
    EXPECT_EQ(slots->permit_of(reservation), 7U);
    slots->mark_used(7);
    slots->release(7);

    EXPECT_THAT(told_, ElementsAre("reserve", "used 7", "release 7"));
}

TEST_F(SlotsTest, WhoWaitsNoMoreIsGivenNoPermit) {
    auto supplier = std::make_shared<HeldSlots>(told_);
    const auto worker = make_worker(supplier);
    const auto slots = core_.worker().activity_slots();
    const auto first = slots->reserve();
    slots->reserve();

    slots->withdraw(first);

    EXPECT_THAT(told_, ElementsAre("reserve", "reserve", "withdraw"));
    EXPECT_TRUE(supplier->grant_first(SlotPermit{8}));
}

TEST_F(SlotsTest, APermitAtOnceIsGivenOnlyWhereThereIsOne) {
    auto supplier = std::make_shared<HeldSlots>(told_);
    const auto worker = make_worker(supplier);
    const auto slots = core_.worker().activity_slots();
    EXPECT_EQ(slots->try_reserve(), 0U);

    supplier->let_one_go(SlotPermit{9});

    EXPECT_EQ(slots->try_reserve(), 9U);
    EXPECT_EQ(slots->try_reserve(), 0U);
}

TEST_F(SlotsTest, TheSupplierLivesAsLongAsTheWorker) {
    auto worker = make_worker(std::make_shared<HeldSlots>(told_));
    EXPECT_THAT(told_, ElementsAre());

    worker.reset();

    EXPECT_THAT(told_, ElementsAre("end"));
}

TEST_F(SlotsTest, AReservationThatOutlivesItsWorkerIsNobodys) {
    auto supplier = std::make_shared<HeldSlots>(told_);
    auto worker = make_worker(supplier);
    core_.worker().activity_slots()->reserve();

    worker.reset();

    EXPECT_FALSE(supplier->grant_first(SlotPermit{1}));
}

}  // namespace
}  // namespace temporal::bridge
