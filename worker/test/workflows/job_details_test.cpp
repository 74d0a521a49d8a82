#include "workflows/job_details.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace inference {
namespace {

using namespace std::chrono_literals;

TEST(JobDetails, AJobThatWaitsForItsNextTrySaysWhyAndUntilWhen) {
    JobStatus status;
    status.state = JobState::kRunning;
    status.stage = Stage::kInfer;
    status.progress = 1.0 / 3;
    status.attempt = 3;
    status.retries = {.transient = 2, .oom = 1};
    status.model = "echo";
    status.error = JobError{
        .code = ErrorCode::kEngine5xx,
        .error_class = ErrorClass::kTransient,
        .message = "503 of 12 bytes",
        .next_attempt_at = Timestamp{1'700'000'000'000ms}
    };

    EXPECT_EQ(
        job_details(status),
        "| | |\n|---|---|\n"
        "| state | running |\n"
        "| stage | infer |\n"
        "| progress | 33 % |\n"
        "| tries | 3 |\n"
        "| retries | Transient 2, OOM 1 |\n"
        "| last error | ENGINE_5XX (Transient), next try at 2023-11-14T22:13:20.000Z |\n"
        "| model | echo |\n"
        "| priority | normal |\n"
    ) << "the code and not the message";
}

TEST(JobDetails, ABatchHasItsItems) {
    JobStatus status;
    status.state = JobState::kCompletedWithErrors;
    status.stage = Stage::kPostprocess;
    status.progress = 1;
    status.counts = ItemCounts{.total = 1000, .succeeded = 997, .failed = 3};

    EXPECT_NE(
        job_details(status).find("| progress | 100 %: 997 succeeded, 3 failed of 1000 items |"),
        std::string::npos
    );
}

}  // namespace
}  // namespace inference
