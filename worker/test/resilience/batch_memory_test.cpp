#include "resilience/batch_memory.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;

const BatchMemory::TimePoint kStart{1h};

TEST(BatchMemory, KnowsNoLimitUntilSomethingFailed) {
    EXPECT_EQ(BatchMemory{}.limit(kStart), std::nullopt);
}

TEST(BatchMemory, RemembersHalfOfWhatFailed) {
    BatchMemory memory;
    memory.failed(64, std::nullopt, kStart);

    EXPECT_EQ(memory.limit(kStart), 32);
}

TEST(BatchMemory, RemembersWhatTheEngineSaysItTakes) {
    BatchMemory memory;
    memory.failed(64, 48, kStart);

    EXPECT_EQ(memory.limit(kStart), 48);
}

TEST(BatchMemory, ASmallerSizeThatFailsShrinksIt) {
    BatchMemory memory;
    memory.failed(64, std::nullopt, kStart);
    memory.failed(32, std::nullopt, kStart + 1s);

    EXPECT_EQ(memory.limit(kStart + 1s), 16);
}

TEST(BatchMemory, ALateFailureOfALargerBatchDoesNotRaiseIt) {
    BatchMemory memory;
    memory.failed(8, std::nullopt, kStart);
    memory.failed(64, std::nullopt, kStart + 1s);

    EXPECT_EQ(memory.limit(kStart + 1s), 4);
}

TEST(BatchMemory, GrowsBackByDoublingAndForgetsAtTheSizeThatFailed) {
    BatchMemory memory;
    memory.failed(64, std::nullopt, kStart);
    memory.failed(32, std::nullopt, kStart);

    EXPECT_EQ(memory.limit(kStart + 14min), 16);
    EXPECT_EQ(memory.limit(kStart + 15min), 32);
    EXPECT_EQ(memory.limit(kStart + 30min), std::nullopt);
}

TEST(BatchMemory, AFailureStartsTheWaitAnew) {
    BatchMemory memory;
    memory.failed(64, std::nullopt, kStart);
    memory.failed(64, std::nullopt, kStart + 14min);

    EXPECT_EQ(memory.limit(kStart + 20min), 32);
}

TEST(BatchMemory, ASingleItemTeachesNothing) {
    BatchMemory memory;
    memory.failed(1, std::nullopt, kStart);

    EXPECT_EQ(memory.limit(kStart), std::nullopt);
}

}  // namespace
}  // namespace inference
