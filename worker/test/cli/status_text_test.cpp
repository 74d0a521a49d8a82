#include "cli/status_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StatusText, SaysWhereARunningJobIsWhatFailedAndWhenItGoesOn) {
    const JobStatus status{
        .job_id = "j1",
        .state = JobState::kRunning,
        .stage = Stage::kInfer,
        .progress = 1.0 / 3,
        .attempt = 2,
        .retries = {.transient = 1, .worker_lost = 2},
        .model = "echo",
        .updated_at = *timestamp_from("2026-11-24T10:31:00Z"),
        .error =
            JobError{
                .code = ErrorCode::kEngine5xx,
                .error_class = ErrorClass::kTransient,
                .message = "503",
                .next_attempt_at = timestamp_from("2026-11-24T10:31:02Z")
            }
    };
    EXPECT_EQ(
        to_text(status),
        "job       j1\n"
        "state     running, infer, 33 %\n"
        "model     echo\n"
        "priority  normal\n"
        "tries     2\n"
        "retries   1 Transient, 2 WorkerLost\n"
        "error     503 (Transient ENGINE_5XX)\n"
        "next try  2026-11-24T10:31:02.000Z\n"
        "updated   2026-11-24T10:31:00.000Z\n"
    );
}

TEST(StatusText, LeavesOutWhatThereIsNot) {
    const std::string text =
        to_text({.job_id = "j1", .state = JobState::kCompleted, .progress = 1});
    EXPECT_THAT(text, HasSubstr("state     completed\n"));
    for (const char* absent : {"retries", "error", "next try", "%"}) {
        EXPECT_THAT(text, Not(HasSubstr(absent)));
    }
}

TEST(StatusText, ABatchHasItsItemsCountedAndTheNextStepWhereSomeAreLeft) {
    const JobStatus status{
        .job_id = "b1",
        .state = JobState::kFailed,
        .counts = ItemCounts{.total = 9, .succeeded = 4, .failed = 2, .canceled = 3},
        .error = JobError{.message = "2 of 9 items failed"}
    };
    const std::string text = to_text(status);
    EXPECT_THAT(text, HasSubstr("items     4 succeeded, 2 failed, 3 cancelled of 9\n"));
    EXPECT_THAT(text, HasSubstr("error     2 of 9 items failed (Fatal VALIDATION)\n"));
    EXPECT_THAT(text, HasSubstr("next      inference-worker retry-failed b1"));
}

TEST(StatusText, OneLineHasTheErrorAndWhenItGoesOn) {
    const JobStatus status{
        .state = JobState::kRunning,
        .stage = Stage::kInfer,
        .progress = 1.0 / 3,
        .attempt = 2,
        .retries = {.transient = 1},
        .error =
            JobError{
                .code = ErrorCode::kEngine5xx,
                .error_class = ErrorClass::kTransient,
                .message = "50\n3",
                .next_attempt_at = timestamp_from("2026-11-24T10:31:02Z")
            }
    };
    EXPECT_EQ(
        to_line(status),
        "running, infer, 33 %, try 2, retries: 1 Transient; 50?3 (Transient ENGINE_5XX), next try "
        "2026-11-24T10:31:02.000Z"
    );
}

}  // namespace
}  // namespace inference::cli
