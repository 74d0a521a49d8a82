#include "workflows/inference_workflow.hpp"

#include "contracts/failure_details.hpp"
#include "failure/application_failure.hpp"
#include "temporal/testing/workflow_harness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using temporal::testing::WorkflowHarness;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A job that runs on the low queue, with the harness around it.
class Job {
public:
    explicit Job(
        const nlohmann::json& request = {{"model", "echo"}, {"input", {{"prompt", "hello"}}}}
    )
        : Job(WorkflowHarness::make<InferenceWorkflow>(kInfo), request) {}
    Job(WorkflowHarness run, const nlohmann::json& request) : run_(std::move(run)) {
        run_.start(temporal::to_payloads(request));
    }
    static Job lean() {
        return {
            WorkflowHarness::make<LeanInferenceWorkflow>(kInfo),
            {{"model", "echo"}, {"input", {{"prompt", "hello"}}}}
        };
    }

    WorkflowHarness& run() { return run_; }
    JobStatus status() { return run_.query<JobStatus>("status"); }

    std::string activity() {
        return run_.activities().empty() ? "none" : run_.activities().front().type;
    }

    void preprocessed(CallLimits limits = {}, std::vector<JobAttribute> attributes = {}) {
        Processed processed;
        processed.search_attributes = std::move(attributes);
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
    /// A list of prompts, as preprocess leaves it.
    void preprocessed_list(std::int64_t prompts, const std::string& fallback = {}) {
        Processed processed;
        processed.call.model = "echo";
        processed.call.task = Task::kCompletion;
        for (std::int64_t i = 0; i < prompts; ++i) {
            processed.call.body["prompt"].push_back("p" + std::to_string(i));
        }
        processed.shape = {.task = Task::kCompletion, .answers = prompts, .is_list = true};
        processed.fallback = fallback;
        run_.complete(run_.activities().at(0).seq, temporal::to_payload(processed));
    }
    /// The prompts of the call that waits for its answer.
    std::vector<std::string> prompts() {
        return temporal::from_payload<Processed>(run_.activities().at(0).arguments.at(0))
            .call.body.at("prompt")
            .get<std::vector<std::string>>();
    }
    /// Answers each of them with itself.
    void inferred_prompts() {
        Inferred inferred;
        inferred.model = inferred.served_model = "echo";
        for (const std::string& prompt : prompts()) {
            inferred.reply.body["choices"].push_back({{"text", prompt}, {"finish_reason", "stop"}});
        }
        run_.complete(run_.activities().at(0).seq, temporal::to_payload(inferred));
    }
    Inferred handed_to_postprocess() {
        return temporal::from_payload<Inferred>(run_.activities().at(0).arguments.at(0));
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
    inline static const temporal::WorkflowInfo kInfo{
        .workflow_id = "job-1", .task_queue = "inference-low"
    };

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

constexpr temporal::KeywordKey kModelName{"ModelName"};
constexpr temporal::KeywordKey kJobPriority{"JobPriority"};
constexpr temporal::KeywordKey kErrorClass{"ErrorClass"};

TEST(InferenceWorkflow, ItSetsTheSearchAttributesThatPreprocessSaysAreThere) {
    Job job;
    job.preprocessed({}, {JobAttribute::kModelName, JobAttribute::kErrorClass});
    EXPECT_EQ(job.run().search_attributes().get(kModelName), "echo");
    EXPECT_EQ(job.run().search_attributes().get(kJobPriority), std::nullopt) << "not registered";
    EXPECT_EQ(job.run().search_attribute_upserts(), 1);

    job.infer_fails(fatal(ErrorCode::kContextLength, "too long"));

    EXPECT_EQ(job.run().search_attributes().get(kErrorClass), "Fatal");
}

TEST(InferenceWorkflow, WithoutAWordOfPreprocessItSetsNone) {
    Job job;
    job.preprocessed();
    job.infer_fails(fatal(ErrorCode::kContextLength, "too long"));

    EXPECT_EQ(job.run().search_attribute_upserts(), 0);
}

TEST(InferenceWorkflow, WhatItDoesReadsWellFromOutside) {
    Job job;
    EXPECT_EQ(job.run().activities().front().summary, "for echo");
    job.preprocessed();
    EXPECT_EQ(job.run().activities().front().summary, "infer, try 1 of echo");
    job.infer_fails(engine_busy());
    const auto metadata = job.run().query<nlohmann::json>("__temporal_workflow_metadata");
    EXPECT_THAT(
        metadata.at("currentDetails").get<std::string>(),
        HasSubstr("| last error | RATE_LIMITED (Transient), next try at ")
    );
    job.run().advance(10s);
    EXPECT_EQ(job.run().activities().front().summary, "infer, try 2 of echo");
    job.inferred();
    EXPECT_EQ(job.run().activities().front().summary, "answer of echo");
}

TEST(InferenceWorkflow, ANameOfAnyLengthIsNoObstacle) {
    Job job(nlohmann::json{{"model", std::string(5000, 'm')}, {"input", {{"prompt", "hello"}}}});

    EXPECT_EQ(job.run().activities().front().summary.size(), 300U);
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

TEST(InferenceWorkflow, OnALeanWorkerTheCpuStepsAreLocalAndTheSameOtherwise) {
    Job job = Job::lean();
    const auto preprocess = job.run().activities().at(0);
    EXPECT_TRUE(preprocess.is_local);
    EXPECT_EQ(preprocess.type, "preprocess");
    EXPECT_EQ(preprocess.start_to_close, 30s);
    EXPECT_EQ(preprocess.maximum_attempts, 3);
    Processed processed;
    processed.local_postprocess = true;
    job.run().complete(preprocess.seq, temporal::to_payload(processed));
    EXPECT_FALSE(job.run().activities().at(0).is_local) << "infer is never";
    job.inferred();
    EXPECT_TRUE(job.run().activities().at(0).is_local);
    EXPECT_EQ(job.run().activities().at(0).start_to_close, 10s);
    EXPECT_EQ(job.run().activities().at(0).maximum_attempts, 3);
    job.postprocessed();

    EXPECT_EQ(job.run().result<InferResponse>().content, "hello");
}

TEST(InferenceWorkflow, EachCpuStepIsLocalByItself) {
    Job job = Job::lean();
    job.preprocessed();
    job.inferred();

    EXPECT_FALSE(job.run().activities().at(0).is_local);
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

TEST(InferenceWorkflow, TheStepsTakeTheTurnsOfTheirClientUnlessTheStarterChoseOthers) {
    const nlohmann::json request = {
        {"model", "echo"}, {"input", {{"prompt", "hello"}}}, {"client_id", "acme"}
    };
    Job job(request);
    EXPECT_EQ(job.run().activities().at(0).priority.fairness_key, "acme");
    job.preprocessed();
    EXPECT_EQ(job.run().activities().at(0).priority.fairness_key, "acme");
    job.inferred();
    EXPECT_EQ(job.run().activities().at(0).priority.fairness_key, "acme");

    temporal::WorkflowInfo chosen{.workflow_id = "job-1", .task_queue = "inference-low"};
    chosen.priority.fairness_key = "starter's own";
    Job inherits(WorkflowHarness::make<InferenceWorkflow>(chosen), request);
    EXPECT_EQ(inherits.run().activities().at(0).priority.fairness_key, "");
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

Error out_of_memory() {
    return {
        .error_class = ErrorClass::kOutOfMemory,
        .code = ErrorCode::kEngineOom,
        .message = "out of memory",
        .sent = true
    };
}
Error engine_death() {
    Error error = engine_busy();
    error.code = ErrorCode::kEngine5xx;
    error.engine_died = true;
    return error;
}

TEST(InferenceWorkflow, OutOfMemoryHalvesTheListAndTheAnswerIsWhole) {
    Job job;
    job.preprocessed_list(4);
    EXPECT_THAT(job.prompts(), ElementsAre("p0", "p1", "p2", "p3"));
    job.infer_fails(out_of_memory());
    job.run().advance(2s);

    EXPECT_THAT(job.prompts(), ElementsAre("p0", "p1"));
    job.inferred_prompts();
    EXPECT_THAT(job.prompts(), ElementsAre("p2", "p3"));
    job.inferred_prompts();

    EXPECT_EQ(job.activity(), "postprocess");
    const Inferred joined = job.handed_to_postprocess();
    ASSERT_THAT(joined.reply.body.at("choices"), SizeIs(4));
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(joined.reply.body["choices"][i]["text"], "p" + std::to_string(i));
    }
    job.postprocessed();
    const auto response = job.run().result<InferResponse>();
    EXPECT_EQ(response.attempts.infer, 3);
    EXPECT_EQ(response.attempts.retries, (RetryCounts{.oom = 1}));
}

TEST(InferenceWorkflow, ABatchThatIsKnownToBeTooLargeIsCutFromTheStart) {
    Job job;
    Processed processed;
    processed.call.model = "echo";
    processed.call.task = Task::kCompletion;
    processed.call.body["prompt"] = {"a", "b", "c"};
    processed.shape = {.task = Task::kCompletion, .answers = 3, .is_list = true};
    processed.limits.batch_limit = 2;
    job.run().complete(job.run().activities().at(0).seq, temporal::to_payload(processed));

    EXPECT_THAT(job.prompts(), ElementsAre("a", "b"));
    job.inferred_prompts();
    EXPECT_THAT(job.prompts(), ElementsAre("c"));
}

TEST(InferenceWorkflow, APromptUnderWhichTheEngineDiesAgainAndAgainIsPoison) {
    Job job;
    job.preprocessed_list(2);
    job.infer_fails(engine_death());
    job.run().advance(2s);
    job.infer_fails(engine_death());
    job.run().advance(5s);
    EXPECT_THAT(job.prompts(), ElementsAre("p0"));
    job.inferred_prompts();
    for (int i = 0; i < 2; ++i) {
        EXPECT_THAT(job.prompts(), ElementsAre("p1"));
        job.infer_fails(engine_death());
        job.run().advance(10s);
    }

    EXPECT_EQ(job.failure().code, ErrorCode::kPoison);
    EXPECT_EQ(job.failure().error_class, ErrorClass::kFatal);
    EXPECT_EQ(job.failure().attempt, 5);
}

/// Fails the model's infer for good.
void use_up_transient(Job& job, Error error = engine_busy()) {
    for (int i = 0; i < 3; ++i) {
        job.infer_fails(error);
        job.run().advance(10s);
    }
}

TEST(InferenceWorkflow, AfterTheModelsLastTryItsFallbackAnswersAndTheResponseSaysSo) {
    Job job;
    job.preprocessed_list(1, "spare");
    use_up_transient(job);

    ASSERT_EQ(job.activity(), "preprocess");
    const auto request =
        temporal::from_payload<InferRequest>(job.run().activities().at(0).arguments.at(0));
    EXPECT_EQ(request.model, "spare");
    EXPECT_FALSE(request.allow_fallback) << "a fallback has none of its own";
    EXPECT_EQ(request.input, (nlohmann::json{{"prompt", "hello"}}));
    job.preprocessed_list(1);
    Inferred inferred;
    inferred.model = inferred.served_model = "spare";
    inferred.reply.body["choices"] = {{{"text", "x"}, {"finish_reason", "stop"}}};
    job.run().complete(job.run().activities().at(0).seq, temporal::to_payload(inferred));

    const Inferred handed = job.handed_to_postprocess();
    EXPECT_EQ(handed.model, "echo");
    EXPECT_EQ(handed.served_model, "spare");
    EXPECT_TRUE(handed.fallback);
    job.postprocessed();
    const auto response = job.run().result<InferResponse>();
    EXPECT_EQ(response.attempts.infer, 4);
    EXPECT_EQ(response.attempts.retries, (RetryCounts{.transient = 2}));
}

TEST(InferenceWorkflow, TheCountsOfBothModelsAddUp) {
    Job job;
    job.preprocessed_list(1, "spare");
    use_up_transient(job);
    job.preprocessed_list(1);
    job.infer_fails(engine_busy());

    EXPECT_EQ(job.status().retries, (RetryCounts{.transient = 3}));
}

TEST(InferenceWorkflow, IfTheFallbackFailsTooTheFirstFailureIsToldWithTheSecond) {
    Job job;
    job.preprocessed_list(1, "spare");
    use_up_transient(job);
    job.preprocessed_list(1);
    Error gone = engine_busy();
    gone.error_class = ErrorClass::kFatal;
    gone.code = ErrorCode::kModelNotFound;
    gone.message = "404";
    job.infer_fails(gone);

    EXPECT_EQ(job.failure().code, ErrorCode::kRateLimited);
    EXPECT_THAT(job.failure().message, HasSubstr("Its fallback 'spare' failed as well: 404"));
}

TEST(InferenceWorkflow, ARequestThatIsAtFaultGoesToNoOtherModel) {
    Job job;
    job.preprocessed_list(1, "spare");
    job.infer_fails(fatal(ErrorCode::kContextLength, "too long"));

    EXPECT_EQ(job.failure().code, ErrorCode::kContextLength);
}

TEST(InferenceWorkflow, WatchersWhoSawAPartOfAnAnswerGetNoOtherModels) {
    Job job({{"model", "echo"}, {"input", {{"prompt", "hello"}}}, {"stream", true}});
    job.preprocessed_list(1, "spare");
    Error broken = engine_busy();
    broken.partial = true;
    use_up_transient(job, broken);

    EXPECT_EQ(job.failure().code, ErrorCode::kRateLimited);
}

TEST(InferenceWorkflow, WithAFallbackAnEngineThatIsDownIsNotWaitedForLong) {
    Job job;
    job.preprocessed_list(1, "spare");
    use_up_transient(job, refused());

    EXPECT_EQ(job.activity(), "preprocess");
}

TEST(InferenceWorkflow, AnOpenCircuitIsToldAsOne) {
    Job job;
    job.preprocessed();
    Error open = refused();
    open.code = ErrorCode::kCircuitOpen;
    open.message = "all endpoints have failed too often";
    open.retry_after = 12s;
    job.infer_fails(open);

    const JobStatus status = job.status();
    EXPECT_EQ(status.error->code, ErrorCode::kCircuitOpen);
    EXPECT_THAT(status.error->message, HasSubstr("until"));
    EXPECT_EQ(*status.error->next_attempt_at - status.updated_at, 12s);
    EXPECT_EQ(status.retries, RetryCounts{});
}

}  // namespace
}  // namespace inference
