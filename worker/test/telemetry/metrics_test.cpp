#include "telemetry/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace inference {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr char kUrl[] = "http://127.0.0.1:8080/v1";

Metrics two_models() {
    return Metrics({{"echo", {kUrl}}, {"digits", {"127.0.0.1:8001"}}});
}

JobStatus ended_as(JobState state, const std::string& model = "echo") {
    return {.state = state, .model = model};
}

JobError transient() {
    return {
        .code = ErrorCode::kEngine5xx,
        .error_class = ErrorClass::kTransient,
        .message = "503",
        .next_attempt_at = {}
    };
}

/// The value of a series, as it is written; empty where there is none.
std::string value_of(const Metrics& metrics, const std::string& series) {
    const std::string page = "\n" + metrics.page({});
    const auto at = page.find("\n" + series + " ");
    if (at == std::string::npos) {
        return {};
    }
    const auto from = at + series.size() + 2;
    return page.substr(from, page.find('\n', from) - from);
}

TEST(Metrics, AJobThatCompletedIsARequestWithItsLatencyAndTokens) {
    Metrics metrics = two_models();
    const JobStatus status = ended_as(JobState::kCompleted);

    metrics.job_ended(
        {.status = status,
         .usage = {.prompt_tokens = 3, .completion_tokens = 4, .total_tokens = 7},
         .latency = 1500ms}
    );

    EXPECT_EQ(
        value_of(metrics, R"(inference_requests_total{model="echo",status="completed"})"), "1"
    );
    EXPECT_EQ(value_of(metrics, R"(inference_latency_seconds_sum{model="echo"})"), "1.5");
    EXPECT_EQ(value_of(metrics, R"(inference_latency_seconds_bucket{model="echo",le="2"})"), "1");
    EXPECT_EQ(value_of(metrics, R"(inference_tokens_total{direction="input",model="echo"})"), "3");
    EXPECT_EQ(value_of(metrics, R"(inference_tokens_total{direction="output",model="echo"})"), "4");
}

TEST(Metrics, AJobThatFailedHasTheClassOfItsErrorAndNoLatency) {
    Metrics metrics = two_models();
    JobStatus status = ended_as(JobState::kFailed);
    status.error = transient();
    status.retries = {.transient = 2, .timeout = 0, .oom = 1, .worker_lost = 3};

    metrics.job_ended({.status = status, .usage = {}, .latency = 1s});

    EXPECT_EQ(value_of(metrics, R"(inference_errors_total{class="Transient",model="echo"})"), "1");
    EXPECT_EQ(value_of(metrics, R"(inference_retries_total{class="Transient",model="echo"})"), "2");
    EXPECT_EQ(value_of(metrics, R"(inference_retries_total{class="OOM",model="echo"})"), "1");
    EXPECT_EQ(
        value_of(metrics, R"(inference_retries_total{class="WorkerLost",model="echo"})"), "3"
    );
    EXPECT_EQ(value_of(metrics, R"(inference_latency_seconds_count{model="echo"})"), "0");
}

TEST(Metrics, AModelThatIsNotConfiguredIsUnknownAndMakesNoSeries) {
    Metrics metrics = two_models();
    const JobStatus status = ended_as(JobState::kFailed, "ecko\"} 1\n");

    metrics.job_ended({.status = status, .usage = {}, .latency = 1s});
    metrics.call_ended({.model = "elsewhere", .endpoint = kUrl, .outcome = "completed"});
    metrics.items_ended({.model = "", .failed = 1, .usage = {}});

    EXPECT_THAT(metrics.page({}), Not(HasSubstr("ecko")));
    EXPECT_THAT(metrics.page({}), Not(HasSubstr("elsewhere")));
    EXPECT_EQ(
        value_of(metrics, R"(inference_requests_total{model="unknown",status="failed"})"), "1"
    );
    EXPECT_EQ(
        value_of(metrics, R"(inference_batch_items_total{model="unknown",status="failed"})"), "1"
    );
}

TEST(Metrics, ABatchIsOneRequestAndItsItemsAreCountedAsTheyEnd) {
    Metrics metrics = two_models();
    metrics.items_ended(
        {.model = "echo",
         .succeeded = 2,
         .failed = 1,
         .usage = {.prompt_tokens = 5, .completion_tokens = 6, .total_tokens = 11}}
    );
    metrics.items_tried_again("echo", "OOM");
    JobStatus status = ended_as(JobState::kCanceled);
    status.counts = ItemCounts{.total = 9, .succeeded = 2, .failed = 1, .canceled = 6};

    metrics.job_ended(
        {.status = status,
         .usage = {.prompt_tokens = 5, .completion_tokens = 6, .total_tokens = 11},
         .latency = 1h,
         .is_batch = true}
    );

    EXPECT_EQ(
        value_of(metrics, R"(inference_requests_total{model="echo",status="canceled"})"), "1"
    );
    const auto items = [&](const std::string& status_name) {
        return value_of(
            metrics, R"(inference_batch_items_total{model="echo",status=")" + status_name + "\"}"
        );
    };
    EXPECT_EQ(items("succeeded"), "2");
    EXPECT_EQ(items("failed"), "1");
    EXPECT_EQ(items("canceled"), "6");
    EXPECT_EQ(value_of(metrics, R"(inference_tokens_total{direction="output",model="echo"})"), "6");
    EXPECT_EQ(value_of(metrics, R"(inference_retries_total{class="OOM",model="echo"})"), "1");
    EXPECT_EQ(value_of(metrics, R"(inference_latency_seconds_count{model="echo"})"), "0");
}

TEST(Metrics, ACallIsCountedByItsEndpointAndOutcomeAndAStreamedOneByItsFirstToken) {
    Metrics metrics = two_models();

    metrics.call_ended(
        {.model = "echo", .endpoint = kUrl, .outcome = "completed", .time_to_first_token = 0.25}
    );
    metrics.call_ended({.model = "echo", .endpoint = kUrl, .outcome = "Timeout"});

    const auto calls = [&](const std::string& outcome) {
        return value_of(
            metrics,
            R"(inference_engine_calls_total{endpoint="http://127.0.0.1:8080/v1",model="echo",outcome=")" +
                outcome + "\"}"
        );
    };
    EXPECT_EQ(calls("completed"), "1");
    EXPECT_EQ(calls("Timeout"), "1");
    EXPECT_EQ(calls("not_sent"), "0");
    EXPECT_EQ(value_of(metrics, R"(inference_ttft_seconds_count{model="echo"})"), "1");
    EXPECT_EQ(value_of(metrics, R"(inference_ttft_seconds_sum{model="echo"})"), "0.25");
    EXPECT_EQ(value_of(metrics, R"(inference_ttft_seconds_count{model="digits"})"), "");
}

TEST(Metrics, AJobThatFellBackCountsForTheModelThatWasAskedFor) {
    Metrics metrics = two_models();
    const JobStatus status = ended_as(JobState::kCompleted);

    metrics.job_ended({.status = status, .usage = {}, .latency = 1s, .fell_back = true});

    EXPECT_EQ(value_of(metrics, R"(inference_fallback_total{model="echo"})"), "1");
    EXPECT_EQ(value_of(metrics, R"(inference_fallback_total{model="digits"})"), "0");
}

TEST(Metrics, ThePageShowsWhatTheWorkerIsNow) {
    const Metrics metrics = two_models();

    const std::string page = metrics.page(
        {.slots = {{.queue = "inference-high", .used = 7, .lent = 2, .free = 0}},
         .backlogs = {{"inference-high", 12}},
         .circuits = {{{"echo", kUrl}, Circuit::kOpen}}}
    );

    for (const char* line : {
             R"(worker_slots{queue="inference-high",state="used"} 7)",
             R"(worker_slots{queue="inference-high",state="lent"} 2)",
             R"(worker_slots{queue="inference-high",state="free"} 0)",
             R"(queue_depth{queue_name="inference-high"} 12)",
             R"(circuit_state{model="echo",endpoint="http://127.0.0.1:8080/v1"} 2)",
         }) {
        EXPECT_THAT(page, HasSubstr(std::string("\n") + line + "\n"));
    }
}

TEST(Metrics, ADepthThatIsNotKnownIsNotShown) {
    EXPECT_THAT(two_models().page({}), Not(HasSubstr("queue_depth")));
}

}  // namespace
}  // namespace inference
