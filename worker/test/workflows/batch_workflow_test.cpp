#include "workflows/batch_workflow.hpp"

#include "contracts/failure_details.hpp"
#include "failure/application_failure.hpp"
#include "temporal/testing/workflow_harness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using temporal::testing::OpenActivity;
using temporal::testing::WorkflowHarness;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

const temporal::WorkflowInfo kInfo{.workflow_id = "batch-1", .task_queue = "inference-low"};

/// Two items a chunk, two chunks at once.
nlohmann::json request_with(const nlohmann::json& more = nlohmann::json::object()) {
    nlohmann::json request = {
        {"model", "echo"},
        {"items_ref", "file:///data/in.jsonl"},
        {"chunk_size", 2},
        {"max_parallel_chunks", 2}
    };
    request.update(more);
    return request;
}

BatchOutline outline_of(std::int64_t items) {
    BatchOutline outline;
    outline.files = {
        .job_id = "batch-1",
        .items = "/data/in.jsonl",
        .index = "/data/in.index",
        .refused = {},
        .output = "/data/out.jsonl",
        .errors = "/data/errors.jsonl"
    };
    outline.items = items;
    outline.model = "echo";
    outline.heartbeat_timeout = 7s;
    return outline;
}

Error bad_item() {
    return fatal(ErrorCode::kContextLength, "item 'a' is too long");
}

ChunkReport report_of(std::int64_t succeeded, std::int64_t failed = 0) {
    ChunkReport report{.succeeded = succeeded, .failed = failed};
    report.usage = {
        .prompt_tokens = 10 * succeeded,
        .completion_tokens = succeeded,
        .total_tokens = 11 * succeeded
    };
    if (failed > 0) {
        report.first_error = bad_item();
    }
    return report;
}

Error disk_full() {
    return {
        .error_class = ErrorClass::kTransient, .code = ErrorCode::kStorage, .message = "disk full"
    };
}

/// A batch on the low queue, with the harness around it.
class Batch {
public:
    explicit Batch(
        const nlohmann::json& request = request_with(), const temporal::WorkflowInfo& info = kInfo
    )
        : Batch(temporal::to_payloads(request), info) {}
    explicit Batch(temporal::Payloads arguments, const temporal::WorkflowInfo& info = kInfo)
        : run_(WorkflowHarness::make<BatchWorkflow>(info)) {
        run_.start(std::move(arguments));
    }
    static Batch that_goes_on(
        const BatchState& state, const nlohmann::json& request = request_with()
    ) {
        return Batch(temporal::to_payloads(request, state));
    }

    WorkflowHarness& run() { return run_; }
    JobStatus status() { return run_.query<JobStatus>("status"); }

    const OpenActivity& open(const std::string& type) {
        for (const OpenActivity& activity : run_.activities()) {
            if (activity.type == type) {
                return activity;
            }
        }
        throw std::logic_error("no " + type + " runs");
    }
    bool runs(const std::string& type) {
        return std::ranges::any_of(run_.activities(), [&](const OpenActivity& activity) {
            return activity.type == type;
        });
    }

    Batch& prepared(std::int64_t items) { return prepared(outline_of(items)); }
    Batch& prepared(const BatchOutline& outline) {
        run_.complete(open("preprocess_batch").seq, temporal::to_payload(outline));
        return *this;
    }

    std::vector<ChunkTask> tasks() {
        std::vector<ChunkTask> tasks;
        for (const OpenActivity& activity : run_.activities()) {
            if (activity.type == "infer_batch") {
                tasks.push_back(temporal::from_payload<ChunkTask>(activity.arguments.at(0)));
            }
        }
        return tasks;
    }
    /// The chunks under way, as first item and count.
    std::vector<std::pair<std::int64_t, std::int64_t>> chunks() {
        std::vector<std::pair<std::int64_t, std::int64_t>> chunks;
        for (const ChunkTask& task : tasks()) {
            chunks.emplace_back(task.first, task.count);
        }
        return chunks;
    }
    const OpenActivity& chunk(std::int64_t first) {
        for (const OpenActivity& activity : run_.activities()) {
            if (activity.type == "infer_batch" &&
                temporal::from_payload<ChunkTask>(activity.arguments.at(0)).first == first) {
                return activity;
            }
        }
        throw std::logic_error("no chunk from item " + std::to_string(first));
    }

    Batch& ends(std::int64_t first, const ChunkReport& report) {
        run_.complete(chunk(first).seq, temporal::to_payload(report));
        return *this;
    }
    Batch& fails(std::int64_t first, const Error& error) {
        return fails_with(chunk(first).seq, to_activity_failure(error));
    }
    Batch& fails_with(std::uint32_t activity, const temporal::Failure& cause) {
        run_.fail(activity, cause.clone());
        return *this;
    }
    /// As a chunk does that was asked to.
    Batch& stops(std::int64_t first) {
        return fails_with(chunk(first).seq, temporal::CanceledFailure("stopped"));
    }

    Batch& put_together(ItemCounts counts) {
        BatchResponse response{
            .job_id = "batch-1", .counts = counts, .output_ref = "file:///data/out.jsonl"
        };
        response.usage = end().usage;
        run_.complete(open("postprocess_batch").seq, temporal::to_payload(response));
        return *this;
    }
    BatchEnd end() {
        return temporal::from_payload<BatchEnd>(open("postprocess_batch").arguments.at(0));
    }

    FailureDetails failure() {
        if (!run_.end() || !std::holds_alternative<temporal::testing::Failed>(*run_.end())) {
            throw std::logic_error("the run did not fail");
        }
        const auto& failed = std::get<temporal::testing::Failed>(*run_.end());
        const auto& application =
            dynamic_cast<const temporal::ApplicationFailure&>(*failed.failure);
        return temporal::from_payload<FailureDetails>(application.details().at(0));
    }
    BatchState handed_on() {
        return temporal::from_payload<BatchState>(
            std::get<temporal::testing::ContinuedAsNew>(run_.end().value()).arguments.at(1)
        );
    }
    temporal::Payloads canceled_with() {
        return std::get<temporal::testing::Canceled>(run_.end().value()).details;
    }

private:
    WorkflowHarness run_;
};

TEST(BatchWorkflow, TheRequestReachesPreprocessBatchWithTheNumbersOfTheDesign) {
    Batch batch(request_with({{"parameters", {{"max_tokens", 4}}}, {"output_ref", "file:///o"}}));

    ASSERT_THAT(batch.run().activities(), SizeIs(1));
    const OpenActivity& activity = batch.open("preprocess_batch");
    EXPECT_EQ(activity.start_to_close, 1h);
    EXPECT_EQ(activity.heartbeat, 10s);
    EXPECT_EQ(activity.maximum_attempts, 5);
    const auto request = temporal::from_payload<BatchRequest>(activity.arguments.at(0));
    EXPECT_EQ(request.items_ref, "file:///data/in.jsonl");
    EXPECT_EQ(request.output_ref, "file:///o");
    EXPECT_EQ(request.parameters, (nlohmann::json{{"max_tokens", 4}}));
}

TEST(BatchWorkflow, TheOtherStepsHaveTheNumbersOfTheDesignToo) {
    Batch batch;
    batch.prepared(2);
    const OpenActivity chunk = batch.chunk(0);
    EXPECT_EQ(chunk.start_to_close, 24h);
    EXPECT_EQ(chunk.heartbeat, 7s) << "the outline's";
    EXPECT_EQ(chunk.maximum_attempts, 1000) << "a lost worker is the server's to replace";

    batch.ends(0, report_of(2));
    const OpenActivity& end = batch.open("postprocess_batch");
    EXPECT_EQ(end.start_to_close, 1h);
    EXPECT_EQ(end.heartbeat, 10s);
    EXPECT_EQ(end.maximum_attempts, 5);
}

TEST(BatchWorkflow, AChunkGetsWhatTheRequestAndTheOutlineSay) {
    Batch batch(request_with(
        {{"parameters", {{"seed", 1}}},
         {"skip_invalid", true},
         {"failure_policy", "fail_fast"},
         {"priority", "high"}}
    ));
    batch.prepared(5);

    const ChunkTask task = batch.tasks().at(1);
    EXPECT_EQ(
        task,
        (ChunkTask{
            .files = outline_of(5).files,
            .first = 2,
            .count = 2,
            .model = "echo",
            .parameters = {{"seed", 1}},
            .priority = Priority::kHigh,
            .stops_at_failure = true,
            .begun = false
        })
    );
}

TEST(BatchWorkflow, SoManyChunksRunAtOnceAsTheRequestAllowsAndAsOneEndsTheNextBegins) {
    Batch batch;
    batch.prepared(8);
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(0, 2), Pair(2, 2)));

    batch.ends(2, report_of(2));
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(0, 2), Pair(4, 2))) << "nothing waits for the 1st";
    batch.ends(4, report_of(2));
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(0, 2), Pair(6, 2)));
    batch.ends(6, report_of(2));
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(0, 2)));
    EXPECT_FALSE(batch.runs("postprocess_batch"));
    batch.ends(0, report_of(2));
    EXPECT_TRUE(batch.runs("postprocess_batch"));
}

TEST(BatchWorkflow, TheChunksCoverAllItemsOnceAndTheLastMayBeShort) {
    Batch batch(request_with({{"chunk_size", 3}, {"max_parallel_chunks", 100}}));
    batch.prepared(10);

    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(0, 3), Pair(3, 3), Pair(6, 3), Pair(9, 1)));
}

TEST(BatchWorkflow, ABatchOfFewerItemsThanAChunkIsOneChunk) {
    Batch batch(request_with({{"chunk_size", 256}}));
    batch.prepared(1);

    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(0, 1)));
}

TEST(BatchWorkflow, StatusFollowsTheItemsAndEndsWithTheBatch) {
    Batch batch(request_with({{"max_parallel_chunks", 1}}));
    EXPECT_EQ(batch.status().job_id, "batch-1");
    EXPECT_EQ(batch.status().state, JobState::kRunning);
    EXPECT_EQ(batch.status().stage, Stage::kPreprocess);
    EXPECT_EQ(batch.status().model, "echo");
    EXPECT_EQ(batch.status().counts, std::nullopt);

    batch.prepared(4);
    EXPECT_EQ(batch.status().stage, Stage::kInfer);
    EXPECT_EQ(batch.status().progress, 0);
    EXPECT_EQ(batch.status().counts, (ItemCounts{.total = 4}));
    EXPECT_EQ(batch.status().attempt, 1);

    batch.run().advance(1s);
    batch.ends(0, report_of(1, 1));
    EXPECT_EQ(batch.status().progress, 0.5);
    EXPECT_EQ(batch.status().counts, (ItemCounts{.total = 4, .succeeded = 1, .failed = 1}));
    EXPECT_EQ(batch.status().attempt, 2);
    EXPECT_EQ(
        batch.status().updated_at, std::chrono::floor<std::chrono::milliseconds>(batch.run().now())
    );

    batch.ends(2, report_of(2));
    EXPECT_EQ(batch.status().stage, Stage::kPostprocess);
    EXPECT_EQ(batch.status().state, JobState::kRunning);
    EXPECT_EQ(batch.status().progress, 1) << "all items have ended";
    batch.put_together({.total = 4, .succeeded = 3, .failed = 1});
    EXPECT_EQ(batch.status().state, JobState::kCompletedWithErrors);
    EXPECT_EQ(batch.status().progress, 1);
}

TEST(BatchWorkflow, TheModelOfTheStatusIsThatOfTheItemsWhereTheRequestNamesNone) {
    Batch batch(request_with({{"model", nullptr}}));
    EXPECT_EQ(batch.status().model, "");
    batch.prepared(2);

    EXPECT_EQ(batch.status().model, "echo");
    EXPECT_EQ(batch.tasks().at(0).model, "");
}

TEST(BatchWorkflow, ThePriorityIsTheRequestsOrElseThatOfTheQueue) {
    Batch of_queue;
    EXPECT_EQ(of_queue.status().priority, Priority::kLow);
    of_queue.prepared(2);
    EXPECT_EQ(of_queue.tasks().at(0).priority, Priority::kLow);

    Batch of_high(request_with(), {.workflow_id = "batch-1", .task_queue = "inference-high"});
    EXPECT_EQ(of_high.status().priority, Priority::kHigh);

    Batch of_request(request_with({{"priority", "normal"}}));
    EXPECT_EQ(of_request.status().priority, Priority::kNormal);
    of_request.prepared(2);
    EXPECT_EQ(of_request.status().priority, Priority::kNormal);
    EXPECT_EQ(of_request.tasks().at(0).priority, Priority::kNormal);

    Batch elsewhere(request_with(), {.workflow_id = "batch-1", .task_queue = "some-queue"});
    EXPECT_EQ(elsewhere.status().priority, Priority::kLow);
}

TEST(BatchWorkflow, ItIsCompletedIfEveryItemSucceeded) {
    Batch batch;
    batch.prepared(4).ends(0, report_of(2)).ends(2, report_of(2));
    EXPECT_EQ(batch.end().files, outline_of(4).files);
    EXPECT_EQ(batch.end().items, 4);
    EXPECT_EQ(
        batch.end().usage,
        (TokenUsage{.prompt_tokens = 40, .completion_tokens = 4, .total_tokens = 44})
    );
    batch.put_together({.total = 4, .succeeded = 4});

    const auto response = batch.run().result<BatchResponse>();
    EXPECT_EQ(response.status, JobState::kCompleted);
    EXPECT_EQ(response.counts, (ItemCounts{.total = 4, .succeeded = 4}));
    EXPECT_EQ(response.output_ref, "file:///data/out.jsonl");
    EXPECT_EQ(batch.status().state, JobState::kCompleted);
}

TEST(BatchWorkflow, ItIsCompletedWithErrorsIfSomeItemsFailed) {
    Batch batch;
    batch.prepared(4).ends(0, report_of(2)).ends(2, report_of(0, 2));
    batch.put_together({.total = 4, .succeeded = 2, .failed = 2});

    EXPECT_EQ(batch.run().result<BatchResponse>().status, JobState::kCompletedWithErrors);
    EXPECT_EQ(batch.status().state, JobState::kCompletedWithErrors);
}

constexpr temporal::IntKey kItemsDone{"ItemsDone"};
constexpr temporal::IntKey kItemsTotal{"ItemsTotal"};

BatchOutline listed_outline(std::int64_t items) {
    BatchOutline outline = outline_of(items);
    outline.search_attributes = {JobAttribute::kItemsDone, JobAttribute::kItemsTotal};
    return outline;
}

TEST(BatchWorkflow, ItsItemsAreSetOncePerTenthAndNotWithEveryChunk) {
    Batch batch(request_with({{"max_parallel_chunks", 1}}));
    batch.prepared(listed_outline(100));
    EXPECT_EQ(batch.run().search_attributes().get(kItemsTotal), 100);
    EXPECT_EQ(batch.run().search_attributes().get(kItemsDone), 0);

    for (std::int64_t first = 0; first < 100; first += 2) {
        batch.ends(first, report_of(2));
    }
    batch.put_together({.total = 100, .succeeded = 100});

    EXPECT_EQ(batch.run().search_attributes().get(kItemsDone), 100);
    EXPECT_EQ(batch.run().search_attribute_upserts(), 11);
}

TEST(BatchWorkflow, ASlowBatchSetsItsItemsAfterHalfAMinute) {
    Batch batch(request_with({{"max_parallel_chunks", 1}}));
    batch.prepared(listed_outline(100));

    batch.run().advance(29s);
    batch.ends(0, report_of(2));
    EXPECT_EQ(batch.run().search_attributes().get(kItemsDone), 0);
    batch.run().advance(1s);
    batch.ends(2, report_of(2));
    EXPECT_EQ(batch.run().search_attributes().get(kItemsDone), 4);
    batch.ends(4, report_of(2));
    EXPECT_EQ(batch.run().search_attributes().get(kItemsDone), 4);
}

TEST(BatchWorkflow, TheNextRunSetsOnlyWhatIsNew) {
    BatchState state{.outline = listed_outline(100), .next = 50};
    state.counts = {.total = 100, .succeeded = 50};
    Batch batch = Batch::that_goes_on(state, request_with({{"chunk_size", 10}}));

    EXPECT_EQ(batch.run().search_attribute_upserts(), 0);
    batch.ends(50, report_of(10));
    EXPECT_EQ(batch.run().search_attributes().get(kItemsDone), 60);
}

TEST(BatchWorkflow, ItsChunksAndItsStateReadWellFromOutside) {
    Batch batch;
    batch.prepared(5);
    EXPECT_EQ(batch.chunk(0).summary, "items 0 to 1");
    EXPECT_EQ(batch.chunk(2).summary, "items 2 to 3");
    batch.ends(2, report_of(1, 1)).ends(0, report_of(2));
    EXPECT_EQ(batch.chunk(4).summary, "items 4 to 4");
    batch.run().signal("pause");

    const auto metadata = batch.run().query<nlohmann::json>("__temporal_workflow_metadata");

    const auto details = metadata.at("currentDetails").get<std::string>();
    EXPECT_THAT(details, HasSubstr("| progress | 80 %: 3 succeeded, 1 failed of 5 items |"));
    EXPECT_THAT(details, HasSubstr("Paused"));
    EXPECT_THAT(metadata.at("definition").at("signalDefinitions"), SizeIs(2));
}

TEST(BatchWorkflow, WhatPostprocessBatchCountedWinsOverWhatTheChunksSaid) {
    Batch batch;
    batch.prepared(2).ends(0, report_of(2));
    batch.put_together({.total = 2, .succeeded = 1, .failed = 1});

    EXPECT_EQ(batch.run().result<BatchResponse>().status, JobState::kCompletedWithErrors);
    EXPECT_EQ(batch.status().counts, (ItemCounts{.total = 2, .succeeded = 1, .failed = 1}));
}

TEST(BatchWorkflow, SmallResultsAreAskedForIfTheOutlineSaysSo) {
    BatchOutline outline = outline_of(2);
    outline.returns_results = true;
    Batch batch;
    batch.prepared(outline).ends(0, report_of(2));

    EXPECT_TRUE(batch.end().returns_results);
}

TEST(BatchWorkflow, ABatchOfWhichNothingSucceededFailsWithItsFirstErrorAndTheBatch) {
    Batch batch;
    batch.prepared(4).ends(2, report_of(0, 2)).ends(0, report_of(0, 2));
    batch.put_together({.total = 4, .failed = 4});

    const FailureDetails details = batch.failure();
    EXPECT_EQ(details.code, ErrorCode::kContextLength);
    EXPECT_EQ(details.error_class, ErrorClass::kFatal);
    EXPECT_EQ(details.message, "4 of 4 items failed; the first: item 'a' is too long");
    EXPECT_EQ(details.model, "echo");
    EXPECT_EQ(details.attempt, 2);
    const auto response = details.batch.get<BatchResponse>();
    EXPECT_EQ(response.status, JobState::kFailed);
    EXPECT_EQ(response.counts, (ItemCounts{.total = 4, .failed = 4}));
    EXPECT_EQ(response.output_ref, "file:///data/out.jsonl");
    EXPECT_EQ(batch.status().state, JobState::kFailed);
    EXPECT_EQ(batch.status().error->code, ErrorCode::kContextLength);
}

TEST(BatchWorkflow, TheFirstErrorThatAChunkToldIsTheOneThatIsShown) {
    Batch batch;
    batch.prepared(4);
    ChunkReport other = report_of(0, 2);
    other.first_error->message = "another";
    batch.ends(0, report_of(0, 2)).ends(2, other);
    batch.put_together({.total = 4, .failed = 4});

    EXPECT_THAT(batch.failure().message, HasSubstr("the first: item 'a'"));
}

TEST(BatchWorkflow, UnderFailFastTheOtherChunksAreStoppedAndTheResultsPutTogether) {
    Batch batch(request_with({{"failure_policy", "fail_fast"}}));
    batch.prepared(8).ends(0, report_of(1, 1));
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(2, 2))) << "no other begins";
    EXPECT_TRUE(batch.chunk(2).cancel_requested);
    EXPECT_FALSE(batch.runs("postprocess_batch")) << "it still writes";

    batch.stops(2);
    ASSERT_TRUE(batch.runs("postprocess_batch"));
    EXPECT_EQ(batch.end().items, 8);
    batch.put_together({.total = 8, .succeeded = 1, .failed = 1, .canceled = 6});

    const FailureDetails details = batch.failure();
    EXPECT_EQ(details.code, ErrorCode::kContextLength);
    EXPECT_THAT(details.message, HasSubstr("1 of 8 items failed (failure_policy is fail_fast)"));
    EXPECT_THAT(details.message, HasSubstr("item 'a' is too long"));
    EXPECT_EQ(details.batch.get<BatchResponse>().counts.canceled, 6);
    EXPECT_EQ(batch.status().state, JobState::kFailed);
}

TEST(BatchWorkflow, AStoppedChunkThatTellsWhatItDidIsCountedAndNotGoneOnWith) {
    Batch batch(request_with({{"failure_policy", "fail_fast"}}));
    batch.prepared(8).ends(0, report_of(1, 1));
    ChunkReport rest = report_of(1);
    rest.remaining = 1;
    batch.ends(2, rest);

    EXPECT_THAT(batch.chunks(), IsEmpty());
    EXPECT_THAT(batch.run().timers(), IsEmpty());
    EXPECT_EQ(batch.status().counts, (ItemCounts{.total = 8, .succeeded = 2, .failed = 1}));
    EXPECT_TRUE(batch.runs("postprocess_batch"));
}

TEST(BatchWorkflow, WhatFailedTheBatchFirstIsWhatItIsToldToHaveFailedBy) {
    Batch policy(request_with({{"failure_policy", "fail_fast"}}));
    policy.prepared(8).ends(0, report_of(1, 1));
    policy.fails(2, fatal(ErrorCode::kWorkerLost, "on its way out"));
    policy.put_together({.total = 8, .succeeded = 1, .failed = 1, .canceled = 6});
    EXPECT_EQ(policy.failure().code, ErrorCode::kContextLength);

    Batch chunk(request_with({{"failure_policy", "fail_fast"}}));
    chunk.prepared(8).fails(0, fatal(ErrorCode::kWorkerLost, "infer_batch is broken"));
    chunk.ends(2, report_of(1, 1));
    chunk.put_together({.total = 8, .succeeded = 1, .failed = 1, .canceled = 6});
    EXPECT_EQ(chunk.failure().code, ErrorCode::kWorkerLost);
}

TEST(BatchWorkflow, FailedItemsUpToTheRatioAreBorneAndOneMoreFailsTheBatch) {
    const nlohmann::json request =
        request_with({{"max_failed_ratio", 0.25}, {"max_parallel_chunks", 1}});
    Batch batch(request);
    batch.prepared(8).ends(0, report_of(0, 2));
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(2, 2))) << "2 of 8 are 0.25";

    batch.ends(2, report_of(1, 1));
    EXPECT_THAT(batch.chunks(), IsEmpty());
    batch.put_together({.total = 8, .succeeded = 1, .failed = 3, .canceled = 4});
    EXPECT_THAT(
        batch.failure().message,
        HasSubstr("3 of 8 items failed, more than max_failed_ratio allows; the first: item 'a'")
    );
    EXPECT_EQ(batch.failure().code, ErrorCode::kContextLength);
    EXPECT_EQ(batch.failure().batch.at("counts").at("failed"), 3);
}

TEST(BatchWorkflow, ABatchBelowItsRatioIsCompletedWithErrors) {
    Batch batch(request_with({{"max_failed_ratio", 0.5}}));
    batch.prepared(4).ends(0, report_of(0, 2)).ends(2, report_of(2));
    batch.put_together({.total = 4, .succeeded = 2, .failed = 2});

    EXPECT_EQ(batch.run().result<BatchResponse>().status, JobState::kCompletedWithErrors);
}

TEST(BatchWorkflow, WithARatioOfZeroTheFirstFailedItemFailsTheBatchAndNoneLetsItRun) {
    Batch none(request_with({{"max_failed_ratio", 0}}));
    none.prepared(4).ends(0, report_of(2)).ends(2, report_of(2));
    none.put_together({.total = 4, .succeeded = 4});
    EXPECT_EQ(none.run().result<BatchResponse>().status, JobState::kCompleted);

    Batch one(request_with({{"max_failed_ratio", 0}}));
    one.prepared(4).ends(0, report_of(1, 1));
    EXPECT_TRUE(one.chunk(2).cancel_requested);
}

TEST(BatchWorkflow, WhilePausedNoChunkBeginsAndThoseUnderWayEnd) {
    Batch batch;
    batch.prepared(8);
    batch.run().signal("pause");
    EXPECT_FALSE(batch.chunk(0).cancel_requested);
    batch.ends(0, report_of(2));
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(2, 2)));
    batch.ends(2, report_of(2));
    EXPECT_THAT(batch.run().activities(), IsEmpty());
    EXPECT_EQ(batch.status().counts, (ItemCounts{.total = 8, .succeeded = 4}));
    EXPECT_FALSE(batch.run().end());

    batch.run().signal("resume");
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(4, 2), Pair(6, 2)));
}

TEST(BatchWorkflow, APauseBeforeTheFirstChunkHoldsThemAll) {
    Batch batch;
    batch.run().signal("pause");
    batch.prepared(2);
    EXPECT_THAT(batch.chunks(), IsEmpty());

    batch.run().signal("resume");
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(0, 2)));
}

TEST(BatchWorkflow, AChunkUnderWayGoesOnWithItsRestWhilePaused) {
    Batch batch;
    batch.prepared(2);
    batch.run().signal("pause");
    ChunkReport part = report_of(1);
    part.remaining = 1;
    batch.ends(0, part);
    batch.run().advance(1s);

    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(0, 2)));
}

TEST(BatchWorkflow, AChunkWithAnythingLeftIsGoneOnWithAfterItsWaitAndCountsOnce) {
    Batch batch(request_with({{"chunk_size", 4}, {"max_parallel_chunks", 1}}));
    batch.prepared(8);
    EXPECT_FALSE(batch.tasks().at(0).begun);
    ChunkReport part = report_of(1, 1);
    part.remaining = 2;
    part.wait = 3s;
    batch.ends(0, part);

    EXPECT_THAT(batch.chunks(), IsEmpty()) << "the next does not take its place";
    ASSERT_THAT(batch.run().timers(), SizeIs(1));
    EXPECT_EQ(batch.run().timers().at(0).duration, 3s);
    EXPECT_EQ(batch.status().counts, (ItemCounts{.total = 8, .succeeded = 1, .failed = 1}));
    batch.run().advance(2999ms);
    EXPECT_THAT(batch.chunks(), IsEmpty());
    batch.run().advance(1ms);
    ASSERT_THAT(batch.chunks(), ElementsAre(Pair(0, 4)));
    EXPECT_TRUE(batch.tasks().at(0).begun);
    EXPECT_EQ(batch.status().attempt, 2);

    ChunkReport more = report_of(2, 1);
    more.remaining = 1;
    batch.ends(0, more);
    EXPECT_EQ(batch.status().counts, (ItemCounts{.total = 8, .succeeded = 2, .failed = 1}));
    batch.run().advance(1ms);
    batch.ends(0, report_of(3, 1));
    EXPECT_EQ(batch.status().counts, (ItemCounts{.total = 8, .succeeded = 3, .failed = 1}));
    ASSERT_THAT(batch.chunks(), ElementsAre(Pair(4, 4)));
    EXPECT_FALSE(batch.tasks().at(0).begun);

    batch.ends(4, report_of(4));
    EXPECT_EQ(batch.end().usage.total_tokens, 77) << "11 for each that succeeded";
}

TEST(BatchWorkflow, AFullDiskIsWaitedForLongerEachTimeAndAtTheFifthTimeFailsTheBatch) {
    Batch batch;
    batch.prepared(8).ends(2, report_of(2));
    for (const auto wait : {2s, 4s, 8s, 16s}) {
        batch.fails(0, disk_full());
        EXPECT_FALSE(batch.chunk(4).cancel_requested);
        ASSERT_THAT(batch.run().timers(), SizeIs(1));
        EXPECT_EQ(batch.run().timers().at(0).duration, wait);
        batch.run().advance(wait);
        EXPECT_TRUE(temporal::from_payload<ChunkTask>(batch.chunk(0).arguments.at(0)).begun)
            << "what it wrote is there";
    }
    batch.fails(0, disk_full());
    EXPECT_THAT(batch.run().timers(), IsEmpty());
    EXPECT_TRUE(batch.chunk(4).cancel_requested);
    batch.stops(4);
    batch.put_together({.total = 8, .succeeded = 2, .canceled = 6});

    EXPECT_EQ(batch.failure().code, ErrorCode::kStorage);
    EXPECT_EQ(batch.failure().error_class, ErrorClass::kTransient);
    EXPECT_EQ(batch.failure().message, "disk full");
    EXPECT_EQ(batch.failure().attempt, 7);
}

TEST(BatchWorkflow, EachChunkHasItsOwnTriesForAFullDisk) {
    Batch batch;
    batch.prepared(4);
    for (int i = 0; i < 4; ++i) {
        batch.fails(0, disk_full()).fails(2, disk_full());
        batch.run().advance(16s);
    }

    EXPECT_THAT(batch.chunks(), SizeIs(2));
    EXPECT_FALSE(batch.chunk(0).cancel_requested);
}

TEST(BatchWorkflow, AnyOtherErrorOfAChunkFailsTheBatchAfterTheResultsArePutTogether) {
    Batch batch;
    batch.prepared(8).fails(0, fatal(ErrorCode::kModelNotFound, "no model 'echo' here"));
    EXPECT_TRUE(batch.chunk(2).cancel_requested);
    EXPECT_FALSE(batch.run().end());
    batch.stops(2);
    batch.put_together({.total = 8, .canceled = 8});

    EXPECT_EQ(batch.failure().code, ErrorCode::kModelNotFound);
    EXPECT_EQ(batch.failure().message, "no model 'echo' here");
    EXPECT_EQ(batch.failure().batch.at("counts").at("canceled"), 8);
    EXPECT_EQ(batch.failure().batch.at("status"), "failed");
}

TEST(BatchWorkflow, ACrashedChunkIsNamedByItsTypeAndNotQuoted) {
    Batch batch;
    batch.prepared(2).fails_with(
        batch.chunk(0).seq, temporal::ApplicationFailure("secret", {.type = "std::bad_alloc"})
    );
    batch.put_together({.total = 2, .canceled = 2});

    EXPECT_EQ(batch.failure().code, ErrorCode::kWorkerLost);
    EXPECT_THAT(batch.failure().message, HasSubstr("infer_batch failed inside the worker"));
    EXPECT_THAT(batch.failure().message, HasSubstr("std::bad_alloc"));
    EXPECT_THAT(batch.failure().message, testing::Not(HasSubstr("secret")));
}

TEST(BatchWorkflow, AChunkThatWaitsForItsRestWhenTheBatchFailsIsNotGoneOnWith) {
    Batch batch;
    batch.prepared(8);
    ChunkReport part = report_of(1);
    part.remaining = 1;
    part.wait = 1min;
    batch.ends(0, part).fails(2, fatal(ErrorCode::kAuth, "401"));

    EXPECT_THAT(batch.run().timers(), IsEmpty());
    ASSERT_TRUE(batch.runs("postprocess_batch"));
    EXPECT_THAT(batch.chunks(), IsEmpty());
}

TEST(BatchWorkflow, AFailedPreprocessBatchFailsTheBatchWithItsErrorAndWithoutABatch) {
    Batch batch;
    batch.fails_with(
        batch.open("preprocess_batch").seq,
        to_activity_failure(fatal(ErrorCode::kValidation, "3 of 8 items are wrong"))
    );

    EXPECT_EQ(batch.failure().code, ErrorCode::kValidation);
    EXPECT_EQ(batch.failure().message, "3 of 8 items are wrong");
    EXPECT_EQ(batch.failure().attempt, 0);
    EXPECT_TRUE(batch.failure().batch.is_null());
    EXPECT_EQ(batch.status().state, JobState::kFailed);
}

TEST(BatchWorkflow, AFailedPostprocessBatchFailsTheBatchWithItsError) {
    Batch batch;
    batch.prepared(2).ends(0, report_of(2));
    batch.fails_with(batch.open("postprocess_batch").seq, to_activity_failure(disk_full()));

    EXPECT_EQ(batch.failure().code, ErrorCode::kStorage);
    EXPECT_EQ(batch.status().state, JobState::kFailed);
}

TEST(BatchWorkflow, ACancelPutsTogetherWhatIsDoneAndEndsCanceledWithIt) {
    Batch batch;
    batch.prepared(8).ends(0, report_of(2));
    batch.run().cancel();  // The harness stops the chunks, as an activity does that hears of it.
    EXPECT_THAT(batch.chunks(), IsEmpty());
    EXPECT_FALSE(batch.run().end());
    EXPECT_EQ(batch.status().stage, Stage::kPostprocess);
    batch.put_together({.total = 8, .succeeded = 2, .canceled = 6});

    ASSERT_THAT(batch.canceled_with(), SizeIs(1));
    const auto response = temporal::from_payload<BatchResponse>(batch.canceled_with().at(0));
    EXPECT_EQ(response.status, JobState::kCanceled);
    EXPECT_EQ(response.counts, (ItemCounts{.total = 8, .succeeded = 2, .canceled = 6}));
    EXPECT_EQ(response.output_ref, "file:///data/out.jsonl");
    EXPECT_EQ(batch.status().state, JobState::kCanceled);
    EXPECT_EQ(batch.status().counts->canceled, 6);
}

TEST(BatchWorkflow, ACancelBeforeTheItemsWereReadEndsCanceledWithoutDetails) {
    Batch batch;
    batch.run().cancel();

    EXPECT_THAT(batch.canceled_with(), IsEmpty());
    EXPECT_THAT(batch.run().activities(), IsEmpty());
    EXPECT_EQ(batch.status().state, JobState::kCanceled);
}

TEST(BatchWorkflow, ACancelWhilePausedEndsCanceledAsWell) {
    Batch batch;
    batch.run().signal("pause");
    batch.prepared(4);
    batch.run().cancel();
    batch.put_together({.total = 4, .canceled = 4});

    EXPECT_THAT(batch.canceled_with(), SizeIs(1));
}

TEST(BatchWorkflow, ACancelDuringTheWaitForTheRestOfAChunkLeavesNoTimer) {
    Batch batch;
    batch.prepared(2);
    ChunkReport part = report_of(1);
    part.remaining = 1;
    part.wait = 1min;
    batch.ends(0, part);
    batch.run().cancel();

    EXPECT_THAT(batch.run().timers(), IsEmpty());
    EXPECT_THAT(batch.chunks(), IsEmpty());
    EXPECT_TRUE(batch.runs("postprocess_batch"));
}

TEST(BatchWorkflow, ACancelDuringPostprocessBatchIsFollowedByAnotherThatNothingStops) {
    Batch batch;
    batch.prepared(2).ends(0, report_of(2));
    batch.run().cancel();
    EXPECT_FALSE(batch.open("postprocess_batch").cancel_requested);
    batch.put_together({.total = 2, .succeeded = 2});

    ASSERT_THAT(batch.canceled_with(), SizeIs(1));
    EXPECT_EQ(
        temporal::from_payload<BatchResponse>(batch.canceled_with().at(0)).counts.succeeded, 2
    );
}

TEST(BatchWorkflow, AHistoryThatIsLongEnoughIsContinuedAsNewWithTheStateOfTheBatch) {
    BatchOutline outline = outline_of(8);
    outline.history_limit = 0;
    Batch batch;
    batch.run().signal("pause");
    batch.prepared(outline);

    const auto& end = std::get<temporal::testing::ContinuedAsNew>(batch.run().end().value());
    EXPECT_EQ(end.workflow_type, "BatchWorkflow");
    ASSERT_THAT(end.arguments, SizeIs(2));
    const auto request = temporal::from_payload<BatchRequest>(end.arguments.at(0));
    EXPECT_EQ(request, parse_batch_request(request_with()).value());
    const BatchState state = batch.handed_on();
    EXPECT_EQ(state.outline, outline);
    EXPECT_EQ(state.next, 0);
    EXPECT_EQ(state.counts, (ItemCounts{.total = 8}));
    EXPECT_TRUE(state.paused);
}

TEST(BatchWorkflow, TheNextRunsRequestHasTheFileOfTheItemsAndNotTheItems) {
    BatchOutline outline = outline_of(1);
    outline.history_limit = 0;
    nlohmann::json request = request_with({{"items", {{{"custom_id", "a"}, {"input", "x"}}}}});
    request.erase("items_ref");
    Batch batch(request);
    EXPECT_THAT(
        temporal::from_payload<BatchRequest>(batch.open("preprocess_batch").arguments.at(0)).items,
        SizeIs(1)
    );
    batch.prepared(outline);

    const auto next = temporal::from_payload<BatchRequest>(
        std::get<temporal::testing::ContinuedAsNew>(batch.run().end().value()).arguments.at(0)
    );
    EXPECT_TRUE(next.items.is_null());
    EXPECT_EQ(next.items_ref, "file:///data/in.jsonl");
    EXPECT_EQ(next.chunk_size, 2);
}

/// A batch of eight of which two succeeded and two failed.
BatchState half_done() {
    return {
        .outline = outline_of(8),
        .next = 4,
        .counts = {.total = 8, .succeeded = 2, .failed = 2},
        .usage = {.prompt_tokens = 20, .completion_tokens = 2, .total_tokens = 22},
        .chunks = 3,
        .paused = false,
        .first_error = bad_item()
    };
}

TEST(BatchWorkflow, ARunWithAStateGoesOnFromThereWithoutPreprocessBatch) {
    Batch batch = Batch::that_goes_on(half_done());
    EXPECT_THAT(batch.chunks(), ElementsAre(Pair(4, 2), Pair(6, 2)));
    EXPECT_FALSE(batch.runs("preprocess_batch"));
    EXPECT_EQ(batch.status().stage, Stage::kInfer);
    EXPECT_EQ(batch.status().progress, 0.5);
    EXPECT_EQ(batch.status().counts, half_done().counts);
    EXPECT_EQ(batch.status().attempt, 5) << "those of the runs before count";

    batch.ends(4, report_of(2)).ends(6, report_of(2));
    EXPECT_EQ(batch.end().usage.total_tokens, 66);
    batch.put_together({.total = 8, .succeeded = 6, .failed = 2});
    EXPECT_EQ(batch.run().result<BatchResponse>().status, JobState::kCompletedWithErrors);
}

TEST(BatchWorkflow, TheFirstErrorAndTheFailedItemsOfTheRunsBeforeCount) {
    Batch batch = Batch::that_goes_on(half_done(), request_with({{"max_failed_ratio", 0.25}}));
    ChunkReport report = report_of(1, 1);
    report.first_error->message = "a later one";
    batch.ends(4, report).stops(6);
    batch.put_together({.total = 8, .succeeded = 3, .failed = 3, .canceled = 2});

    EXPECT_THAT(batch.failure().message, HasSubstr("the first: item 'a' is too long"));
    EXPECT_EQ(batch.failure().attempt, 5);
}

TEST(BatchWorkflow, ARunThatGoesOnWithAPausedBatchIsPaused) {
    BatchState state = half_done();
    state.paused = true;
    Batch batch = Batch::that_goes_on(state);
    EXPECT_THAT(batch.run().activities(), IsEmpty());

    batch.run().signal("resume");
    EXPECT_THAT(batch.chunks(), SizeIs(2));
}

TEST(BatchWorkflow, WhatEveryRunBeforeKnewIsHandedOnAgain) {
    BatchState state = half_done();
    state.paused = true;
    state.outline.history_limit = 0;
    Batch batch = Batch::that_goes_on(state);

    EXPECT_EQ(batch.handed_on(), state);
}

TEST(BatchWorkflow, ABatchWithoutItemsLeftIsNotContinuedHoweverLongItsHistory) {
    BatchState state = half_done();
    state.next = 8;
    state.outline.history_limit = 0;
    Batch batch = Batch::that_goes_on(state);

    EXPECT_TRUE(batch.runs("postprocess_batch"));
}

TEST(BatchWorkflow, ARunThatGoesOnCanBeCanceledBeforeItsFirstChunkEnds) {
    Batch batch = Batch::that_goes_on(half_done());
    batch.run().cancel();
    batch.put_together({.total = 8, .succeeded = 2, .failed = 2, .canceled = 4});

    EXPECT_THAT(batch.canceled_with(), SizeIs(1));
}

TEST(BatchWorkflow, ARequestThatIsNoRequestFailsTheBatchAsValidationAndNeverTheTask) {
    nlohmann::json neither = request_with();
    neither.erase("items_ref");
    const nlohmann::json item = {{"custom_id", "a"}, {"input", "x"}};
    for (const nlohmann::json& request :
         {nlohmann::json(17),
          nlohmann::json(nullptr),
          nlohmann::json::array({request_with()}),
          nlohmann::json::object(),
          request_with({{"items", {item}}}),
          neither,
          request_with({{"items_ref", nullptr}, {"items", nlohmann::json::array()}}),
          request_with({{"items_ref", 3}}),
          request_with({{"chunk_size", 0}}),
          request_with({{"max_parallel_chunks", 0}}),
          request_with({{"max_failed_ratio", 1.5}}),
          request_with({{"failure_policy", "hope"}})}) {
        Batch batch(request);
        EXPECT_EQ(batch.failure().code, ErrorCode::kValidation) << request;
        EXPECT_EQ(batch.failure().error_class, ErrorClass::kFatal) << request;
        EXPECT_EQ(batch.status().state, JobState::kFailed) << request;
        EXPECT_THAT(batch.run().activities(), IsEmpty()) << request;
    }
}

TEST(BatchWorkflow, AMissingOrBinaryArgumentOrAStateThatIsNoneFailsTheBatchAsValidation) {
    const temporal::Payload binary{.metadata = {{"encoding", "binary/plain"}}, .data = "\x01"};
    for (const temporal::Payloads& arguments :
         {temporal::Payloads{},
          temporal::Payloads{binary},
          temporal::to_payloads(request_with(), std::string("high")),
          temporal::Payloads{temporal::to_payload(request_with()), binary}}) {
        Batch batch(arguments);
        EXPECT_EQ(batch.failure().code, ErrorCode::kValidation);
        EXPECT_EQ(batch.failure().error_class, ErrorClass::kFatal);
    }
}

TEST(BatchWorkflow, TheStepsTakeTheTurnsOfTheirClientUnlessTheStarterChoseOthers) {
    const nlohmann::json request = request_with({{"client_id", "acme"}});
    Batch batch(request);
    EXPECT_EQ(batch.open("preprocess_batch").priority.fairness_key, "acme");
    batch.prepared(4);
    EXPECT_EQ(batch.chunk(0).priority.fairness_key, "acme");
    EXPECT_EQ(batch.chunk(2).priority.fairness_key, "acme");
    batch.ends(0, report_of(2)).ends(2, report_of(2));
    EXPECT_EQ(batch.open("postprocess_batch").priority.fairness_key, "acme");

    temporal::WorkflowInfo chosen = kInfo;
    chosen.priority.fairness_key = "starter's own";
    Batch inherits(request, chosen);
    EXPECT_EQ(inherits.open("preprocess_batch").priority.fairness_key, "");
    inherits.prepared(2);
    EXPECT_EQ(inherits.chunk(0).priority.fairness_key, "");
}

}  // namespace
}  // namespace inference
