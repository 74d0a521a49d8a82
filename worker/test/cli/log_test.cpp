#include "cli/log.hpp"

#include "cli/job_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

std::string logged(LogForm form, const std::string& message, const nlohmann::json& fields) {
    testing::internal::CaptureStderr();
    Log(form).info(message, fields);
    return testing::internal::GetCapturedStderr();
}

TEST(Log, AJsonLineHasTheTimeTheLevelTheMessageAndTheFields) {
    EXPECT_EQ(
        to_json_line(Timestamp{0ms}, spdlog::level::warn, "hm", {{"b", 1}, {"a", "x"}}),
        R"({"timestamp":"1970-01-01T00:00:00.000Z","level":"warning","message":"hm","a":"x","b":1})"
    );
}

TEST(Log, AFieldCannotPassItselfOffAsTheTimestamp) {
    const auto line = nlohmann::json::parse(
        to_json_line(Timestamp{0ms}, spdlog::level::info, "m", {{"timestamp", "never"}})
    );
    EXPECT_EQ(line.at("timestamp"), "1970-01-01T00:00:00.000Z");
}

TEST(Log, AMessageWithBracesOrLineBreaksStaysOneLine) {
    const std::string json = logged(LogForm::kJson, "{} {0}\nx\xff", nlohmann::json::object());
    EXPECT_EQ(std::ranges::count(json, '\n'), 1);
    EXPECT_THAT(
        nlohmann::json::parse(json).at("message").get<std::string>(), StartsWith("{} {0}\nx")
    );

    const std::string human = logged(LogForm::kHuman, "{} {0}\nx", {{"key", "a\nb"}});
    EXPECT_EQ(std::ranges::count(human, '\n'), 1);
    EXPECT_THAT(human, HasSubstr(R"({} {0}?x key="a\nb")"));
}

TEST(Log, WritesWhatCoreSaysWithItsPartOfTheCode) {
    testing::internal::CaptureStderr();
    Log(LogForm::kJson)
        .sink()(
            {.level = temporal::LogLevel::kError,
             .target = "temporalio_client",
             .message = "lost",
             .fields_json = R"({"attempt":3})"}
        );
    const auto line = nlohmann::json::parse(testing::internal::GetCapturedStderr());
    EXPECT_EQ(line.at("level"), "error");
    EXPECT_EQ(line.at("target"), "temporalio_client");
    EXPECT_EQ(line.at("attempt"), 3);
}

TEST(JobLog, AFinishedJobHasTheFieldsOfTheContract) {
    const JobStatus job{.job_id = "j1", .state = JobState::kCompleted, .model = "echo"};
    EXPECT_EQ(
        finished_fields(job, {.prompt_tokens = 3, .completion_tokens = 4}, 1200ms),
        (nlohmann::json{
            {"job_id", "j1"},
            {"model", "echo"},
            {"input_tokens", 3},
            {"output_tokens", 4},
            {"latency_ms", 1200},
            {"status", "completed"}
        })
    );
}

TEST(JobLog, AJobThatIsPartOfATraceSaysOfWhich) {
    const auto fields = finished_fields({}, {}, 5ms, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(fields.at("trace_id"), "0af7651916cd43dd8448eb211c80319c");
}

TEST(JobLog, WhateverAClientWritesTheLineIsOneJsonObject) {
    const std::string hostile = "a\"}\n{\"status\":\"completed\"\x01\xff\u2028\u0085\\";
    const JobStatus job{.job_id = hostile, .state = JobState::kFailed, .model = hostile};
    const std::string line = to_json_line(
        Timestamp{0ms}, spdlog::level::info, "job finished", finished_fields(job, {}, 5ms)
    );

    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
    const auto read = nlohmann::json::parse(line);
    EXPECT_EQ(read.at("status"), "failed");
    EXPECT_THAT(read.at("job_id").get<std::string>(), StartsWith("a\"}\n{\"status\""));
}

TEST(JobLog, AFailedJobTellsWhy) {
    const JobStatus job{
        .state = JobState::kFailed,
        .error =
            JobError{
                .code = ErrorCode::kDeadline,
                .error_class = ErrorClass::kTimeout,
                .message = "too late",
                .next_attempt_at = {}
            }
    };
    const auto fields = finished_fields(job, {}, 5ms);
    EXPECT_EQ(fields.at("status"), "failed");
    EXPECT_EQ(fields.at("class"), "Timeout");
    EXPECT_EQ(fields.at("code"), "DEADLINE");
    EXPECT_EQ(fields.at("error"), "too late");
}

}  // namespace
}  // namespace inference::cli
