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

}  // namespace
}  // namespace inference::cli
