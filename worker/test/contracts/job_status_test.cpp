#include "contracts/job_status.hpp"

#include "contracts/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>
#include <string_view>

namespace inference {
namespace {

using nlohmann::json;

TEST(JobState, HasItsNameAndKnowsWhetherItIsFinal) {
    struct Row {
        JobState state;
        std::string_view name;
        bool is_final;
    };
    const Row rows[] = {
        {JobState::kQueued, "queued", false},
        {JobState::kRunning, "running", false},
        {JobState::kCompleted, "completed", true},
        {JobState::kCompletedWithErrors, "completed_with_errors", true},
        {JobState::kFailed, "failed", true},
        {JobState::kCanceled, "canceled", true},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(to_string(row.state), row.name);
        EXPECT_EQ(job_state_from(row.name), row.state);
        EXPECT_EQ(is_final(row.state), row.is_final) << row.name;
    }
    EXPECT_EQ(job_state_from("SUCCEEDED"), std::nullopt);
}

// The documented object of a batch that waits for its next try, with every optional field.
constexpr char kDocumented[] =
    R"({"job_id":"batch-1","state":"running","stage":"infer","progress":0.5,
    "counts":{"total":4,"succeeded":1,"failed":1,"canceled":0},"attempt":2,"retries":{"Transient":1},
    "model":"llama-3-8b","priority":"low","updated_at":"2026-11-24T10:31:00.123Z",
    "error":{"code":"ENGINE_NOT_READY","class":"Transient","message":"no endpoint is ready",
             "next_attempt_at":"2026-11-24T10:31:02.000Z"}})";

TEST(JobStatus, OfTheDocumentationComesBackAsItIs) {
    const json documented = json::parse(kDocumented);
    const auto status = documented.get<JobStatus>();

    EXPECT_EQ(json(status), documented);
    EXPECT_EQ(status.stage, Stage::kInfer);
    EXPECT_EQ(status.counts->succeeded, 1);
    EXPECT_EQ(status.retries.transient, 1);
    EXPECT_EQ(status.error->code, ErrorCode::kEngineNotReady);
}

TEST(JobStatus, LeavesOutWhatASingleHealthyJobHasNot) {
    JobStatus status;
    status.job_id = "inf-1";
    const json wire = status;

    EXPECT_EQ(
        wire,
        json::parse(
            R"({"job_id":"inf-1","state":"queued","stage":"preprocess","progress":0.0,"attempt":0,
        "retries":{},"model":"","priority":"normal","updated_at":"1970-01-01T00:00:00.000Z"})"
        )
    );
    EXPECT_EQ(wire.get<JobStatus>(), status);
}

TEST(JobStatus, OfAFailedJobNamesNoNextTry) {
    JobStatus status;
    status.error = JobError{
        .code = ErrorCode::kPoison,
        .error_class = ErrorClass::kFatal,
        .message = "m",
        .next_attempt_at = {}
    };
    EXPECT_EQ(
        json(status).at("error").dump(), R"({"class":"Fatal","code":"POISON","message":"m"})"
    );
}

TEST(JobStatus, IsNotReadFromAWrongTime) {
    EXPECT_THROW((json{{"updated_at", "yesterday"}}.get<JobStatus>()), std::invalid_argument);
    EXPECT_THROW((json{{"state", "SUCCEEDED"}}.get<JobStatus>()), std::invalid_argument);
}

}  // namespace
}  // namespace inference
