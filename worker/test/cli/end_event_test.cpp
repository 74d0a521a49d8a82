#include "cli/end_event.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

JobStatus job(JobState state) {
    return {.job_id = "job", .state = state, .attempt = 2};
}

TEST(EndEvent, BelongsToTheLastTryAndHasTheCounts) {
    const Event event = end_event(job(JobState::kCompleted), {.completion_tokens = 7}, "run");
    EXPECT_EQ(event.type, EventType::kEnd);
    EXPECT_EQ(event.epoch, 2);
    EXPECT_EQ(event.run_id, "run");
    EXPECT_EQ(event.data["state"], "completed");
    EXPECT_EQ(event.data["attempts"], 2);
    EXPECT_EQ(event.data["usage"]["completion_tokens"], 7);
    EXPECT_FALSE(event.data.contains("counts"));
    EXPECT_FALSE(event.data.contains("error"));
}

TEST(EndEvent, OfABatchHasItsItems) {
    JobStatus batch = job(JobState::kCompletedWithErrors);
    batch.counts = ItemCounts{.total = 3, .succeeded = 2, .failed = 1};
    const Event event = end_event(batch, {}, "run");
    EXPECT_EQ(event.epoch, 0);
    EXPECT_EQ(event.data["counts"]["failed"], 1);
}

TEST(EndEvent, OfAFailureHasItsCodeAndNotItsMessage) {
    JobStatus failed = job(JobState::kFailed);
    failed.error = JobError{.code = ErrorCode::kPoison, .message = "words"};
    EXPECT_EQ(
        end_event(failed, {}, "run").data["error"],
        nlohmann::json({{"class", "Fatal"}, {"code", "POISON"}})
    );
}

}  // namespace
}  // namespace inference::cli
