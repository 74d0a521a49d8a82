#include "cli/next_step.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

JobStatus failed(ErrorCode code) {
    return {.job_id = "j1", .state = JobState::kFailed, .error = JobError{.code = code}};
}

TEST(NextStep, ThereIsOneForEveryErrorThatEndsAJob) {
    for (int code = 0; code <= static_cast<int>(ErrorCode::kStorage); ++code) {
        EXPECT_THAT(next_step(failed(static_cast<ErrorCode>(code))), Not(IsEmpty())) << code;
    }
    EXPECT_THAT(next_step(failed(ErrorCode::kModelNotFound)), HasSubstr("inference-worker models"));
    EXPECT_THAT(next_step(failed(ErrorCode::kConnection)), HasSubstr("inference-worker doctor"));
}

TEST(NextStep, ABatchWithItemsLeftIsRunAgainFromThere) {
    for (const JobState state :
         {JobState::kFailed, JobState::kCanceled, JobState::kCompletedWithErrors}) {
        const JobStatus left{
            .job_id = "b1",
            .state = state,
            .counts = ItemCounts{.total = 3, .succeeded = 2, .failed = 1}
        };
        EXPECT_THAT(next_step(left), HasSubstr("inference-worker retry-failed b1"));
    }
}

TEST(NextStep, NothingIsToBeDoneAboutAJobThatRunsOrCompleted) {
    JobStatus running = failed(ErrorCode::kEngine5xx);
    running.state = JobState::kRunning;
    EXPECT_THAT(next_step(running), IsEmpty());
    EXPECT_THAT(next_step({.state = JobState::kCompleted}), IsEmpty());
    EXPECT_THAT(next_step({.state = JobState::kCanceled}), IsEmpty());
    EXPECT_THAT(next_step({.state = JobState::kQueued}), HasSubstr("inference-worker queues"));
}

}  // namespace
}  // namespace inference::cli
