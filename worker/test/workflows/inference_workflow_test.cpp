#include "workflows/inference_workflow.hpp"

#include "contracts/failure_details.hpp"
#include "failure/application_failure.hpp"
#include "temporal/testing/workflow_harness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace inference {
namespace {

using namespace std::chrono_literals;
using temporal::testing::WorkflowHarness;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A job that runs on the low queue, with the harness around it.
class Job {
public:
    explicit Job(
        const nlohmann::json& request = {{"model", "echo"}, {"input", {{"prompt", "hello"}}}}
    )
        : run_(WorkflowHarness::make<InferenceWorkflow>(
              {.workflow_id = "job-1", .task_queue = "inference-low"}
          )) {
        run_.start(temporal::to_payloads(request));
    }

    WorkflowHarness& run() { return run_; }
    JobStatus status() { return run_.query<JobStatus>("status"); }

    std::string activity() {
        return run_.activities().empty() ? "none" : run_.activities().front().type;
    }

    void preprocessed(CallLimits limits = {}) {
        Processed processed;
        processed.call.model = "echo";
        processed.limits = limits;
        run_.complete(run_.activities().at(0).seq, temporal::to_payload(processed));
    }
    void inferred() {
        Inferred inferred;
        inferred.model = inferred.served_model = "echo";
        run_.complete(run_.activities().at(0).seq, temporal::to_payload(inferred));
    }
    void postprocessed() {
        InferResponse response;
        response.job_id = "job-1";
        response.model = response.served_model = "echo";
        response.content = "hello";
        response.usage.completion_tokens = 4;
        run_.complete(run_.activities().at(0).seq, temporal::to_payload(response));
    }
    void infer_fails(const Error& error) { fails_with(to_activity_failure(error)); }
    void fails_with(const temporal::Failure& cause) {
        run_.fail(run_.activities().at(0).seq, cause.clone());
    }

    FailureDetails failure() {
        const auto& failed = std::get<temporal::testing::Failed>(*run_.end());
        const auto& application =
            dynamic_cast<const temporal::ApplicationFailure&>(*failed.failure);
        return temporal::from_payload<FailureDetails>(application.details().at(0));
    }

private:
    WorkflowHarness run_;
};

Error engine_busy() {
    return {
        .error_class = ErrorClass::kTransient,
        .code = ErrorCode::kRateLimited,
        .message = "503",
        .endpoint = "http://engine",
        .sent = true
    };
}
Error refused() {
    return {
        .error_class = ErrorClass::kTransient,
        .code = ErrorCode::kConnection,
        .message = "connection refused"
    };
}

TEST(InferenceWorkflow, ThreeStepsMakeAResponseWithItsAttemptsAndTime) {
    Job job;
    EXPECT_EQ(job.activity(), "preprocess");
    job.run().advance(2s);
    job.preprocessed();
    EXPECT_EQ(job.activity(), "infer");
    job.inferred();
    EXPECT_EQ(job.activity(), "postprocess");
    job.postprocessed();

    const auto response = job.run().result<InferResponse>();

    EXPECT_EQ(response.content, "hello");
    EXPECT_EQ(response.attempts.infer, 1);
    EXPECT_EQ(response.timings.total, 2s);
}

TEST(InferenceWorkflow, StepsHaveTheNumbersOfTheDesign) {
    Job job;
    const auto preprocess = job.run().activities().at(0);
    EXPECT_EQ(preprocess.start_to_close, 30s);
    EXPECT_EQ(preprocess.maximum_attempts, 3);

    job.preprocessed();
    const auto infer = job.run().activities().at(0);
    EXPECT_EQ(infer.start_to_close, 5min);
    EXPECT_EQ(infer.heartbeat, 10s);
    EXPECT_EQ(infer.maximum_attempts, 1);

    job.inferred();
    const auto postprocess = job.run().activities().at(0);
    EXPECT_EQ(postprocess.start_to_close, 10s);
    EXPECT_EQ(postprocess.maximum_attempts, 3);
}

TEST(InferenceWorkflow, AModelThatMayTakeLongerThanTheDesignsFiveMinutesGetsItsTimeAndAMargin) {
    Job job;
    job.preprocessed({.timeout = 20min});

    EXPECT_EQ(job.run().activities().at(0).start_to_close, 20min + 20s);
}

TEST(InferenceWorkflow, StatusFollowsTheStepsAndTakesThePriorityOfTheQueue) {
    Job job;
    EXPECT_EQ(job.status().state, JobState::kRunning);
    EXPECT_EQ(job.status().stage, Stage::kPreprocess);
    EXPECT_EQ(job.status().priority, Priority::kLow);
    EXPECT_EQ(job.status().model, "echo");
    EXPECT_EQ(job.status().job_id, "job-1");
    EXPECT_EQ(job.status().attempt, 0);

    job.preprocessed();
    EXPECT_EQ(job.status().stage, Stage::kInfer);
    EXPECT_NEAR(job.status().progress, 1.0 / 3, 1e-9);
    EXPECT_EQ(job.status().attempt, 1);

    job.inferred();
    EXPECT_NEAR(job.status().progress, 2.0 / 3, 1e-9);
    job.postprocessed();
    EXPECT_EQ(job.status().state, JobState::kCompleted);
    EXPECT_EQ(job.status().progress, 1.0);
}

TEST(InferenceWorkflow, ThePriorityOfTheRequestWinsOverThatOfTheQueue) {
    Job job({{"model", "echo"}, {"input", {{"prompt", "hello"}}}, {"priority", "high"}});

    EXPECT_EQ(job.status().priority, Priority::kHigh);
}

TEST(InferenceWorkflow, ATransientFailureIsTriedAgainAfterAboutASecondAndShownInTheStatus) {
    Job job;
    job.preprocessed();
    const auto failed_at = job.run().now();
    job.infer_fails(engine_busy());

    EXPECT_EQ(job.activity(), "none");
    const JobStatus status = job.status();
    EXPECT_EQ(status.retries.transient, 1);
    ASSERT_TRUE(status.error && status.error->next_attempt_at);
    EXPECT_EQ(status.error->code, ErrorCode::kRateLimited);
    EXPECT_GE(*status.error->next_attempt_at, failed_at + 800ms);
    EXPECT_LE(*status.error->next_attempt_at, failed_at + 1200ms);

    job.run().advance(1200ms);
    EXPECT_EQ(job.activity(), "infer");
    job.inferred();
    job.postprocessed();
    EXPECT_EQ(
        job.run().result<InferResponse>().attempts,
        (Attempts{.infer = 2, .retries = {.transient = 1}})
    );
}

TEST(InferenceWorkflow, TheThirdTransientFailureFailsTheJobWithItsCodeEndpointAndTries) {
    Job job;
    job.preprocessed();
    for (int i = 0; i < 2; ++i) {
        job.infer_fails(engine_busy());
        job.run().advance(30s);
    }
    job.infer_fails(engine_busy());

    const FailureDetails details = job.failure();
    EXPECT_EQ(details.code, ErrorCode::kRateLimited);
    EXPECT_EQ(details.error_class, ErrorClass::kTransient);
    EXPECT_EQ(details.endpoint, "http://engine");
    EXPECT_EQ(details.model, "echo");
    EXPECT_EQ(details.attempt, 3);
    EXPECT_EQ(job.status().state, JobState::kFailed);
}

TEST(InferenceWorkflow, AFatalErrorFailsTheJobAtItsFirstTry) {
    Job job;
    job.preprocessed();
    job.infer_fails(fatal(ErrorCode::kContextLength, "model 'echo': too long"));

    EXPECT_EQ(job.failure().attempt, 1);
    EXPECT_EQ(job.failure().code, ErrorCode::kContextLength);
}

TEST(InferenceWorkflow, ALostWorkerIsReplacedAtOnceAndUsesUpNoTry) {
    Job job;
    job.preprocessed();
    for (int i = 0; i < 3; ++i) {
        job.fails_with(temporal::TimeoutFailure("heartbeat", temporal::TimeoutType::kHeartbeat));
        EXPECT_EQ(job.activity(), "infer");
    }
    job.fails_with(temporal::ApplicationFailure("worker shut down", {.type = "WorkerShutdown"}));

    EXPECT_EQ(job.activity(), "infer");
    EXPECT_EQ(job.status().retries.worker_lost, 4);
    EXPECT_EQ(job.status().retries.transient, 0);
}

TEST(InferenceWorkflow, AnEngineThatIsDownIsWaitedForAndTheStatusSaysWhyAndUntilWhen) {
    Job job;
    job.preprocessed({.ready_timeout = 10min});
    const auto since = job.run().now();
    for (int i = 0; i < 20; ++i) {
        job.infer_fails(refused());
        const JobStatus status = job.status();
        EXPECT_EQ(status.error->code, ErrorCode::kEngineNotReady);
        EXPECT_THAT(
            status.error->message,
            HasSubstr(
                "until " + to_iso8601(std::chrono::floor<std::chrono::milliseconds>(since) + 10min)
            )
        );
        EXPECT_EQ(status.retries, RetryCounts{});
        job.run().advance(5s);
        EXPECT_EQ(job.activity(), "infer");
    }
    job.inferred();
    job.postprocessed();

    EXPECT_EQ(job.run().result<InferResponse>().attempts, (Attempts{.infer = 21}));
}

TEST(InferenceWorkflow, AnEngineThatStaysDownFailsTheJobAfterItsReadyTimeout) {
    Job job;
    job.preprocessed({.ready_timeout = 30s});
    while (!job.run().end()) {
        job.infer_fails(refused());
        job.run().advance(5s);
    }

    EXPECT_EQ(job.failure().code, ErrorCode::kEngineNotReady);
    EXPECT_EQ(job.failure().error_class, ErrorClass::kTransient);
    EXPECT_EQ(job.failure().endpoint, std::nullopt);
}

TEST(InferenceWorkflow, AFailedPreprocessFailsTheJobWithItsOwnErrorAndNoInferTry) {
    Job job;
    job.fails_with(
        to_activity_failure(fatal(ErrorCode::kModelNotFound, "model 'echo' is not in the registry"))
    );

    EXPECT_EQ(job.failure().code, ErrorCode::kModelNotFound);
    EXPECT_EQ(job.failure().attempt, 0);
}

TEST(InferenceWorkflow, AForeignExceptionOfAStepIsNamedByItsTypeAndNotQuoted) {
    Job job;
    job.fails_with(temporal::ApplicationFailure("secret prompt", {.type = "std::bad_alloc"}));

    EXPECT_THAT(job.failure().message, HasSubstr("std::bad_alloc"));
    EXPECT_THAT(job.failure().message, testing::Not(HasSubstr("secret")));
}

TEST(InferenceWorkflow, ARequestThatIsNoRequestFailsTheJobAsValidationAndNeverTheTask) {
    for (const nlohmann::json& request :
         {nlohmann::json(17),
          nlohmann::json::object(),
          nlohmann::json({{"model", 3}, {"input", "x"}})}) {
        Job job(request);
        EXPECT_EQ(job.failure().code, ErrorCode::kValidation) << request;
        EXPECT_EQ(job.failure().error_class, ErrorClass::kFatal);
    }
}

TEST(InferenceWorkflow, AMissingOrBinaryArgumentFailsTheJobAsValidation) {
    auto without = WorkflowHarness::make<InferenceWorkflow>();
    without.start();
    auto binary = WorkflowHarness::make<InferenceWorkflow>();
    binary.start({temporal::Payload{.metadata = {{"encoding", "binary/plain"}}, .data = "\x01"}});

    EXPECT_TRUE(std::holds_alternative<temporal::testing::Failed>(without.end().value()));
    EXPECT_TRUE(std::holds_alternative<temporal::testing::Failed>(binary.end().value()));
}

TEST(InferenceWorkflow, TheDeadlineFailsTheJobWithoutARetryAndStopsTheEngine) {
    Job job({{"model", "echo"}, {"input", {{"prompt", "hello"}}}, {"deadline_ms", 5000}});
    job.preprocessed();
    job.run().advance(5s);

    EXPECT_EQ(job.failure().code, ErrorCode::kDeadline);
    EXPECT_EQ(job.failure().error_class, ErrorClass::kTimeout);
    EXPECT_TRUE(job.run().activities().at(0).cancel_requested);
}

TEST(InferenceWorkflow, AJobThatIsDoneBeforeItsDeadlineLeavesNoTimerBehind) {
    Job job({{"model", "echo"}, {"input", {{"prompt", "hello"}}}, {"deadline_ms", 5000}});
    job.preprocessed();
    job.inferred();
    job.postprocessed();

    EXPECT_EQ(job.run().result<InferResponse>().content, "hello");
    EXPECT_THAT(job.run().timers(), IsEmpty());
}

TEST(InferenceWorkflow, ACancelStopsTheEngineAndEndsTheJobCanceled) {
    Job job;
    job.preprocessed();
    job.run().cancel();

    EXPECT_TRUE(std::holds_alternative<temporal::testing::Canceled>(job.run().end().value()));
    EXPECT_EQ(job.status().state, JobState::kCanceled);
}

TEST(InferenceWorkflow, ACancelDuringTheWaitForTheNextTryEndsTheJobCanceled) {
    Job job;
    job.preprocessed();
    job.infer_fails(engine_busy());
    job.run().cancel();

    EXPECT_TRUE(std::holds_alternative<temporal::testing::Canceled>(job.run().end().value()));
    EXPECT_THAT(job.run().timers(), IsEmpty());
}

}  // namespace
}  // namespace inference
