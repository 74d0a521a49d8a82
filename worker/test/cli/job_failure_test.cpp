#include "cli/job_failure.hpp"

#include "contracts/failure_details.hpp"
#include "temporal/converter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using temporal::ApplicationFailure;
using testing::HasSubstr;
using testing::Not;

ApplicationFailure unknown_model() {
    const FailureDetails details{
        .code = ErrorCode::kModelNotFound,
        .error_class = ErrorClass::kFatal,
        .message = "model 'x' is not in the registry",
        .model = "x"
    };
    return {details.message, {.type = "Fatal", .details = temporal::to_payloads(details)}};
}

TEST(JobFailure, OfOursHasItsDetailsForPeopleAndForScripts) {
    const JobFailure failure = job_failure(unknown_model());

    EXPECT_EQ(
        to_line(failure, "j1"),
        "job 'j1' failed: model 'x' is not in the registry (Fatal MODEL_NOT_FOUND)"
    );
    const auto report = to_report(failure, "j1");
    EXPECT_EQ(report.at("job_id"), "j1");
    EXPECT_EQ(report.at("status"), "failed");
    EXPECT_EQ(report.at("error").at("code"), "MODEL_NOT_FOUND");
    EXPECT_TRUE(report.at("error").at("endpoint").is_null());
}

TEST(JobFailure, ACancelIsNoError) {
    const JobFailure failure = job_failure(temporal::CanceledFailure());
    EXPECT_EQ(to_line(failure, "j1"), "job 'j1' was cancelled");
    EXPECT_EQ(to_report(failure, "j1"), (nlohmann::json{{"job_id", "j1"}, {"status", "canceled"}}));
}

TEST(JobFailure, WhatEndsAJobFromOutsideIsAFailureWithoutDetails) {
    const JobFailure terminated = job_failure(temporal::TerminatedFailure("by hand"));
    EXPECT_EQ(terminated.state, JobState::kFailed);
    EXPECT_THAT(to_line(terminated, "j1"), HasSubstr("terminated: by hand"));
    EXPECT_TRUE(to_report(terminated, "j1").at("error").contains("message"));

    const JobFailure timed_out =
        job_failure(temporal::TimeoutFailure("", temporal::TimeoutType::kStartToClose));
    EXPECT_EQ(timed_out.state, JobState::kFailed);
    EXPECT_THAT(to_line(timed_out, "j1"), HasSubstr("timeout"));
}

TEST(JobFailure, DetailsOfAForeignWorkflowAreLeftOutUnlessTheyAreAnObject) {
    const ApplicationFailure text("no", {.details = temporal::to_payloads(std::string("x"))});
    EXPECT_TRUE(job_failure(text).details.is_null());
    const ApplicationFailure bytes("no", {.details = {temporal::Payload{.data = "\x01"}}});
    EXPECT_TRUE(job_failure(bytes).details.is_null());
    const ApplicationFailure odd(
        "no", {.details = temporal::to_payloads(nlohmann::json{{"code", 7}})}
    );
    EXPECT_EQ(to_line(job_failure(odd), "j"), "job 'j' failed: no");
}

TEST(JobFailure, OfABatchTellsWhatWasDoneBesideWhyItFailed) {
    const BatchResponse batch{
        .job_id = "b1", .status = JobState::kFailed, .counts = {.total = 3, .failed = 2}
    };
    const nlohmann::json details{{"code", "VALIDATION"}, {"class", "Fatal"}, {"batch", batch}};
    const JobFailure failure =
        job_failure(ApplicationFailure("no", {.details = temporal::to_payloads(details)}));
    EXPECT_EQ(failure.batch, batch);
    EXPECT_EQ(to_report(failure, "b1").at("error").at("batch").at("counts").at("failed"), 2);
    EXPECT_EQ(job_failure(unknown_model()).batch, std::nullopt);
}

TEST(JobFailure, OfACancelledBatchIsReportedAsItsResponse) {
    const BatchResponse batch{
        .job_id = "b1", .status = JobState::kCanceled, .counts = {.total = 3, .canceled = 3}
    };
    for (const nlohmann::json& details :
         {nlohmann::json(batch), nlohmann::json{{"batch", batch}}}) {
        const JobFailure failure =
            job_failure(temporal::CanceledFailure("canceled", temporal::to_payloads(details)));
        EXPECT_EQ(failure.state, JobState::kCanceled);
        EXPECT_EQ(failure.batch, batch);
        EXPECT_EQ(to_report(failure, "b1"), nlohmann::json(batch));
    }
}

TEST(JobFailure, AMessageCannotSteerTheTerminal) {
    const JobFailure failure = job_failure(ApplicationFailure("a\x1b[2Jb"));
    EXPECT_THAT(to_line(failure, "j1"), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace inference::cli
