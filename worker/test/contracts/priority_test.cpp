#include "contracts/priority.hpp"

#include "contracts/names.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

namespace inference {
namespace {

TEST(Priority, DecidesTheQueueAndTheEnginesPriority) {
    struct Row {
        Priority priority;
        std::string_view name;
        std::string_view queue;
        int engine_priority;
    };
    const Row rows[] = {
        {Priority::kHigh, "high", "inference-high", 0},
        {Priority::kNormal, "normal", "inference-normal", 10},
        {Priority::kLow, "low", "inference-low", 20},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(to_string(row.priority), row.name);
        EXPECT_EQ(priority_from(row.name), row.priority);
        EXPECT_EQ(queue_of(row.priority), row.queue);
        EXPECT_EQ(priority_of_queue(row.queue), row.priority);
        EXPECT_EQ(engine_priority(row.priority), row.engine_priority);
    }
}

TEST(Priority, IsUnknownOfOtherNamesAndQueues) {
    EXPECT_EQ(priority_from("High"), std::nullopt);
    EXPECT_EQ(priority_of_queue("high"), std::nullopt);
    EXPECT_EQ(priority_of_queue("test-queue"), std::nullopt);
}

TEST(Names, AreThoseThatClientsKnow) {
    EXPECT_STREQ(names::kInferenceWorkflow, "InferenceWorkflow");
    EXPECT_STREQ(names::kBatchWorkflow, "BatchWorkflow");
    EXPECT_STREQ(names::kPreprocess, "preprocess");
    EXPECT_STREQ(names::kInfer, "infer");
    EXPECT_STREQ(names::kPostprocess, "postprocess");
    EXPECT_STREQ(names::kStatusQuery, "status");
    EXPECT_STREQ(names::kPauseSignal, "pause");
    EXPECT_STREQ(names::kResumeSignal, "resume");
    EXPECT_STREQ(names::kInferenceIdPrefix, "inf-");
    EXPECT_STREQ(names::kBatchIdPrefix, "batch-");
}

}  // namespace
}  // namespace inference
