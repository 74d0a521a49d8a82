#include "failure/application_failure.hpp"

#include "contracts/failure_details.hpp"
#include "temporal/converter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>

namespace inference {
namespace {

using temporal::ActivityFailure;
using temporal::ApplicationFailure;
using temporal::TimeoutFailure;
using temporal::TimeoutType;
using testing::HasSubstr;

ActivityFailure caused_by(const temporal::Failure& cause) {
    return {"activity failed", ActivityFailure::Info{}, cause.clone()};
}

class EveryClass : public testing::TestWithParam<ErrorClass> {};

TEST_P(EveryClass, AnErrorSurvivesTheWayThroughAnActivitysFailure) {
    const Error error{
        .error_class = GetParam(),
        .code = ErrorCode::kEngine5xx,
        .message = "model 'm': 500",
        .endpoint = "http://engine",
        .retry_after = std::chrono::seconds{7},
        .sent = true,
        .replica_bad = true,
        .partial = true
    };

    const ApplicationFailure failure = to_activity_failure(error);

    EXPECT_EQ(failure.type(), to_string(GetParam()));
    EXPECT_EQ(std::get<Error>(to_try_failure(caused_by(failure))), error);
    EXPECT_EQ(to_step_error(caused_by(failure), "preprocess"), error);
}

TEST_P(EveryClass, OnlyFatalIsFinalForWhoeverRetries) {
    const Error error{.error_class = GetParam(), .message = "m"};

    EXPECT_EQ(to_activity_failure(error).non_retryable(), GetParam() == ErrorClass::kFatal);
    EXPECT_EQ(to_job_failure(error, "m", 1).non_retryable(), GetParam() == ErrorClass::kFatal);
}

INSTANTIATE_TEST_SUITE_P(
    Classes,
    EveryClass,
    testing::Values(
        ErrorClass::kTransient, ErrorClass::kOutOfMemory, ErrorClass::kTimeout, ErrorClass::kFatal
    ),
    [](const auto& info) { return std::string(to_string(info.param)); }
);

TEST(JobFailure, TellsCodeClassMessageModelEndpointAndTries) {
    const Error error{
        .error_class = ErrorClass::kOutOfMemory,
        .code = ErrorCode::kEngineOom,
        .message = "model 'm': out of memory",
        .endpoint = "127.0.0.1:8001"
    };

    const ApplicationFailure failure = to_job_failure(error, "m", 2);

    EXPECT_EQ(failure.type(), "OOM");
    EXPECT_EQ(
        temporal::from_payload<nlohmann::json>(failure.details().at(0)),
        nlohmann::json(
            {{"code", "ENGINE_OOM"},
             {"class", "OOM"},
             {"message", "model 'm': out of memory"},
             {"model", "m"},
             {"endpoint", "127.0.0.1:8001"},
             {"attempt", 2}}
        )
    );
}

TEST(TryFailure, AHeartbeatTimeoutOrAShutdownIsALostWorker) {
    const TimeoutFailure heartbeat("heartbeat", TimeoutType::kHeartbeat);
    const ApplicationFailure shutdown("shutdown", {.type = "WorkerShutdown"});

    EXPECT_TRUE(std::holds_alternative<WorkerLost>(to_try_failure(caused_by(heartbeat))));
    EXPECT_TRUE(std::holds_alternative<WorkerLost>(to_try_failure(caused_by(shutdown))));
}

TEST(TryFailure, AStartToCloseTimeoutIsATimeoutOfTheEngine) {
    const TimeoutFailure timeout("too long", TimeoutType::kStartToClose);

    const auto error = std::get<Error>(to_try_failure(caused_by(timeout)));

    EXPECT_EQ(error.error_class, ErrorClass::kTimeout);
    EXPECT_EQ(error.code, ErrorCode::kEngineTimeout);
}

TEST(TryFailure, AForeignFailureIsFatalAndQuotesNothing) {
    const ApplicationFailure foreign("the prompt was: hello", {.type = "std::out_of_range"});

    const auto error = std::get<Error>(to_try_failure(caused_by(foreign)));

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_THAT(error.message, HasSubstr("std::out_of_range"));
    EXPECT_THAT(error.message, testing::Not(HasSubstr("hello")));
}

TEST(TryFailure, AClassNameWithDetailsThatAreNoErrorIsForeign) {
    const ApplicationFailure odd("x", {.type = "Transient", .details = temporal::to_payloads(17)});

    EXPECT_EQ(std::get<Error>(to_try_failure(caused_by(odd))).error_class, ErrorClass::kFatal);
}

TEST(StepError, ATimeoutOfACpuStepIsTheWorkersAndNotTheEngines) {
    const TimeoutFailure timeout("too long", TimeoutType::kStartToClose);

    const Error error = to_step_error(caused_by(timeout), "preprocess");

    EXPECT_EQ(error.code, ErrorCode::kWorkerLost);
    EXPECT_THAT(error.message, HasSubstr("preprocess"));
}

}  // namespace
}  // namespace inference
