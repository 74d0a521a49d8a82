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

}  // namespace
}  // namespace inference::cli
