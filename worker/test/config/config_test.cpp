#include "config/config.hpp"

#include "contracts/priority.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;

TEST(Config, HasTheDocumentedDefaults) {
    const Config config = default_config("/etc/inference");

    EXPECT_EQ(config.temporal, TemporalConfig{});
    EXPECT_STREQ(kDefaultTemporalAddress, "127.0.0.1:7233");
    EXPECT_STREQ(kDefaultTemporalNamespace, "default");
    EXPECT_EQ(
        config.worker.serve, (std::vector{Priority::kHigh, Priority::kNormal, Priority::kLow})
    );
    EXPECT_EQ(
        config.worker.shares,
        (std::map<Priority, int>{
            {Priority::kHigh, 50}, {Priority::kNormal, 35}, {Priority::kLow, 15}
        })
    );
    EXPECT_EQ(config.worker.max_concurrent_activities, 10);
    EXPECT_EQ(config.worker.max_concurrent_workflow_tasks, 100);
    EXPECT_EQ(config.worker.heartbeat_timeout, 10s);
    EXPECT_EQ(config.worker.drain_grace, 30s);
    EXPECT_EQ(config.worker.sticky_timeout, 3s);
    EXPECT_TRUE(config.models.empty());
    EXPECT_EQ(config.files.roots, std::vector<std::filesystem::path>{"/etc/inference/"});
    EXPECT_EQ(config.files.dir, "/etc/inference/jobs-data");
    EXPECT_EQ(config.jobs.store, "sqlite:/etc/inference/jobs.db");
    EXPECT_EQ(config.admin.listen, std::nullopt);
}

TEST(Config, OfNoFileCountsFromTheWorkingFolder) {
    const Config config = default_config("");
    EXPECT_EQ(config.files.roots, std::vector<std::filesystem::path>{"."});
    EXPECT_EQ(config.files.dir, "jobs-data");
    EXPECT_EQ(config.jobs.store, "sqlite:jobs.db");
}

}  // namespace
}  // namespace inference
