#include "cli/service.hpp"

#include "config/queue_slots.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;

TEST(WorkerOptions, AreTheNumbersOfTheConfigurationForTheQueue) {
    const WorkerConfig config{.drain_grace = 7s, .sticky_timeout = 4s};

    const auto options =
        worker_options(config, {.priority = Priority::kHigh, .workflow_tasks = 50});

    EXPECT_EQ(options.task_queue, "inference-high");
    EXPECT_EQ(options.max_concurrent_workflow_tasks, 50U);
    EXPECT_EQ(options.drain_grace, 7s);
    EXPECT_EQ(options.sticky_timeout, 4s);
    EXPECT_LE(options.max_heartbeat_throttle, 800ms);
}

TEST(NeedsNewWorkers, OnlyForWhatIsNotSharedOut) {
    const WorkerConfig before;
    const auto needs = [&](auto change) {
        WorkerConfig after = before;
        change(after);
        return needs_new_workers(before, after);
    };

    EXPECT_FALSE(needs([](WorkerConfig&) {}));
    EXPECT_FALSE(needs([](WorkerConfig& it) { it.max_concurrent_activities = 20; }));
    EXPECT_FALSE(needs([](WorkerConfig& it) { it.strict_shares = true; }));
    EXPECT_FALSE(needs([](WorkerConfig& it) { it.shares[Priority::kLow] = 100; }));
    EXPECT_FALSE(needs([](WorkerConfig& it) { it.serve = {Priority::kHigh}; }))
        << "the one that goes on has fewer workflow tasks than it might";
    EXPECT_TRUE(needs([](WorkerConfig& it) { it.drain_grace = 1s; }));
    EXPECT_TRUE(needs([](WorkerConfig& it) { it.max_concurrent_workflow_tasks = 50; }));
}

TEST(NeedsNewWorkers, WhereAQueueThatGoesOnLeavesTooFewWorkflowTasksForANewOne) {
    WorkerConfig one;
    one.serve = {Priority::kHigh};

    EXPECT_TRUE(needs_new_workers(one, WorkerConfig{}));
}

}  // namespace
}  // namespace inference::cli
