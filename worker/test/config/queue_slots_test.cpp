#include "config/queue_slots.hpp"

#include "config/config.hpp"
#include "contracts/priority.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace inference {
namespace {

TEST(QueueSlots, OfTheDefaultsAreThoseOfTheDesign) {
    EXPECT_EQ(
        queue_slots(WorkerConfig{}),
        (std::vector<QueueSlots>{
            {Priority::kHigh, 50}, {Priority::kNormal, 35}, {Priority::kLow, 15}
        })
    );
}

TEST(QueueSlots, AreSharedAmongTheServedQueuesOnly) {
    WorkerConfig worker;
    worker.serve = {Priority::kLow, Priority::kHigh};
    EXPECT_EQ(
        queue_slots(worker), (std::vector<QueueSlots>{{Priority::kLow, 23}, {Priority::kHigh, 77}})
    );

    worker.serve = {Priority::kLow};
    EXPECT_EQ(queue_slots(worker), (std::vector<QueueSlots>{{Priority::kLow, 100}}));
}

TEST(QueueSlots, HaveTwoWorkflowTasksAtLeastAsCoreNeedsThem) {
    WorkerConfig worker;
    worker.max_concurrent_workflow_tasks = 6;
    EXPECT_EQ(
        queue_slots(worker),
        (std::vector<QueueSlots>{{Priority::kHigh, 2}, {Priority::kNormal, 2}, {Priority::kLow, 2}})
    );
}

}  // namespace
}  // namespace inference
