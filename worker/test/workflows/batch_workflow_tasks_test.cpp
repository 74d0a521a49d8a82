// What arrives in one workflow task together, and what an activity does that is asked to stop and does not. On a server both
// are common; the harness has neither.

#include "converter/exception_to_failure.hpp"
#include "temporal/detail/workflow_type.hpp"
#include "workflow/instance.hpp"
#include "workflows/batch_workflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using temporal::workflows::CancelWorkflow;
using temporal::workflows::CancelWorkflowExecution;
using temporal::workflows::Command;
using temporal::workflows::CompleteWorkflowExecution;
using temporal::workflows::ContinueAsNewWorkflowExecution;
using temporal::workflows::FireTimer;
using temporal::workflows::Job;
using temporal::workflows::RequestCancelActivity;
using temporal::workflows::ResolveActivity;
using temporal::workflows::ScheduleActivity;
using temporal::workflows::SignalWorkflow;
using temporal::workflows::StartTimer;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t kHistoryLimit = 100;

BatchOutline outline_of(std::int64_t items) {
    BatchOutline outline;
    outline.files.items = "/data/in.jsonl";
    outline.items = items;
    outline.history_limit = kHistoryLimit;
    return outline;
}

template <class T>
Job completed(std::uint32_t activity, const T& result) {
    return ResolveActivity{
        .seq = activity,
        .result = temporal::workflows::ActivityCompleted{temporal::to_payload(result)}
    };
}
Job stopped(std::uint32_t activity) {
    return ResolveActivity{
        .seq = activity,
        .result =
            temporal::workflows::ActivityCanceled{std::make_shared<const temporal::ActivityFailure>(
                "activity canceled",
                temporal::ActivityFailure::Info{},
                std::make_shared<const temporal::CanceledFailure>()
            )}
    };
}
Job signal(const std::string& name) {
    return SignalWorkflow{.name = name, .input = {}, .identity = {}, .headers = {}};
}

template <class T>
std::vector<T> all(const std::vector<Command>& commands) {
    std::vector<T> found;
    for (const Command& command : commands) {
        if (const auto* one = std::get_if<T>(&command)) {
            found.push_back(*one);
        }
    }
    return found;
}

/// One run, task by task. Two items a chunk, two chunks at once.
class TaskByTask {
public:
    std::vector<Command> start(temporal::Payloads more = {}, std::vector<Job> besides = {}) {
        const nlohmann::json request = {
            {"items_ref", "file:///data/in.jsonl"}, {"chunk_size", 2}, {"max_parallel_chunks", 2}
        };
        temporal::Payloads arguments = temporal::to_payloads(request);
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::vector<Job> jobs{temporal::workflows::InitializeWorkflow{
            .info =
                {.workflow_id = "batch-1",
                 .workflow_type = "BatchWorkflow",
                 .task_queue = "inference-low"},
            .arguments = std::move(arguments),
            .headers = {},
            .randomness_seed = 1
        }};
        jobs.insert(jobs.end(), besides.begin(), besides.end());
        return task(std::move(jobs));
    }
    /// Its preprocess_batch is number 1, its chunks are numbers 2 and 3.
    void start_chunks(std::int64_t items) {
        const auto begun = all<ScheduleActivity>(start());
        ASSERT_THAT(begun, SizeIs(1));
        ASSERT_EQ(begun.at(0).seq, 1U);
        const auto chunks = all<ScheduleActivity>(task({completed(1, outline_of(items))}));
        ASSERT_THAT(chunks, SizeIs(2));
        ASSERT_EQ(chunks.at(0).seq, 2U);
        ASSERT_EQ(chunks.at(1).seq, 3U);
    }

    std::vector<Command> task(std::vector<Job> jobs, std::uint32_t history_length = 3) {
        temporal::workflows::Activation activation{.run_id = "run"};
        activation.timestamp = std::chrono::system_clock::time_point{1000h};
        activation.history_length = history_length;
        activation.jobs = std::move(jobs);
        auto completion = instance_.activate(std::move(activation));
        auto* done = std::get_if<temporal::workflows::ActivationSucceeded>(&completion.status);
        if (done == nullptr) {
            throw std::logic_error("the workflow task failed");
        }
        return std::move(done->commands);
    }

private:
    temporal::workflows::Instance instance_{
        temporal::detail::workflow_type<BatchWorkflow>(), temporal::exception_to_failure
    };
};

std::vector<std::string> types(const std::vector<Command>& commands) {
    std::vector<std::string> types;
    for (const ScheduleActivity& command : all<ScheduleActivity>(commands)) {
        types.push_back(command.activity_type);
    }
    return types;
}

TEST(BatchWorkflowTasks, ACancelAsksTheChunksToStopAndWaitsUntilTheyHave) {
    TaskByTask run;
    run.start_chunks(8);
    const auto asked = run.task({CancelWorkflow{}});
    EXPECT_THAT(all<RequestCancelActivity>(asked), SizeIs(2));
    EXPECT_THAT(types(asked), IsEmpty());

    EXPECT_THAT(types(run.task({stopped(2)})), IsEmpty()) << "one still writes";
    EXPECT_THAT(
        types(run.task({completed(3, ChunkReport{.succeeded = 1, .remaining = 1})})),
        ElementsAre("postprocess_batch")
    );
    BatchResponse response{.job_id = "batch-1"};
    response.counts = {.total = 8, .succeeded = 1, .canceled = 7};
    const auto end = all<CancelWorkflowExecution>(run.task({completed(4, response)}));
    ASSERT_THAT(end, SizeIs(1));
    response.status = JobState::kCanceled;
    EXPECT_THAT(end.at(0).details, ElementsAre(temporal::to_payload(response)));
}

TEST(BatchWorkflowTasks, EveryStepIsWaitedForWhenItIsAskedToStop) {
    TaskByTask run;
    auto commands = run.start();
    const auto prepare = all<ScheduleActivity>(commands);
    const auto chunk = all<ScheduleActivity>(run.task({completed(1, outline_of(1))}));
    const auto end = all<ScheduleActivity>(run.task({completed(2, ChunkReport{.succeeded = 1})}));

    for (const auto& step : {prepare, chunk, end}) {
        ASSERT_THAT(step, SizeIs(1));
        EXPECT_EQ(
            step.at(0).cancellation_type,
            temporal::ActivityCancellationType::kWaitCancellationCompleted
        ) << step.at(0).activity_type
          << ": two of them on the same files would spoil them";
    }
}

TEST(BatchWorkflowTasks, OnlyLostWorkersAreTheServersToReplace) {
    TaskByTask run;
    run.start();
    const auto chunk = all<ScheduleActivity>(run.task({completed(1, outline_of(1))}));

    EXPECT_THAT(
        chunk.at(0).retry_policy->non_retryable_error_types,
        testing::UnorderedElementsAre("Transient", "OOM", "Timeout", "Fatal")
    );
}

TEST(BatchWorkflowTasks, ACancelThatPreprocessBatchDoesNotHearOfBeginsNoChunkAndEndsTheBatch) {
    TaskByTask run;
    run.start();
    EXPECT_THAT(all<RequestCancelActivity>(run.task({CancelWorkflow{}})), SizeIs(1));
    EXPECT_THAT(types(run.task({completed(1, outline_of(8))})), ElementsAre("postprocess_batch"));

    EXPECT_THAT(all<CancelWorkflowExecution>(run.task({completed(2, BatchResponse{})})), SizeIs(1));
}

TEST(BatchWorkflowTasks, ACancelThatArrivesWithTheEndOfAChunkBeginsNoOther) {
    TaskByTask run;
    run.start_chunks(8);
    const auto commands = run.task({completed(2, ChunkReport{.succeeded = 2}), CancelWorkflow{}});
    EXPECT_THAT(types(commands), IsEmpty());
    EXPECT_THAT(all<RequestCancelActivity>(commands), SizeIs(1));
    EXPECT_THAT(types(run.task({stopped(3)})), ElementsAre("postprocess_batch"));

    EXPECT_THAT(all<CancelWorkflowExecution>(run.task({completed(4, BatchResponse{})})), SizeIs(1));
}

TEST(BatchWorkflowTasks, ACancelThatArrivesWithTheEndOfAWaitEndsTheChunk) {
    TaskByTask run;
    run.start_chunks(3);
    EXPECT_THAT(types(run.task({completed(3, ChunkReport{.succeeded = 1})})), IsEmpty());
    const auto timers =
        all<StartTimer>(run.task({completed(2, ChunkReport{.succeeded = 1, .remaining = 1})}));
    ASSERT_THAT(timers, SizeIs(1));

    EXPECT_THAT(
        types(run.task({FireTimer{timers.at(0).seq}, CancelWorkflow{}})),
        ElementsAre("postprocess_batch")
    );
}

TEST(BatchWorkflowTasks, ACancelIsNotLostWhereTheRunWouldHaveContinuedAsNew) {
    TaskByTask run;
    run.start_chunks(8);
    EXPECT_THAT(
        types(run.task({completed(2, ChunkReport{.succeeded = 2})}, kHistoryLimit)), IsEmpty()
    );
    const auto commands =
        run.task({completed(3, ChunkReport{.succeeded = 2}), CancelWorkflow{}}, kHistoryLimit + 1);

    EXPECT_THAT(all<ContinueAsNewWorkflowExecution>(commands), IsEmpty());
    EXPECT_THAT(types(commands), ElementsAre("postprocess_batch"));
}

TEST(BatchWorkflowTasks, AtTheHistorysLimitTheChunksUnderWayEndAndTheNextRunHasTheRest) {
    TaskByTask run;
    run.start_chunks(8);
    const ChunkReport part{.succeeded = 1, .failed = 0, .remaining = 1};
    const auto timers = all<StartTimer>(run.task({completed(2, part)}, kHistoryLimit - 1));
    ASSERT_THAT(timers, SizeIs(1));
    EXPECT_THAT(
        types(run.task({completed(3, ChunkReport{.succeeded = 2})}, kHistoryLimit)), IsEmpty()
    );
    EXPECT_THAT(
        types(run.task({FireTimer{timers.at(0).seq}}, kHistoryLimit + 1)),
        ElementsAre("infer_batch")
    ) << "the rest of a chunk is its own";
    const auto commands = run.task(
        {signal("pause"), completed(4, ChunkReport{.succeeded = 1, .failed = 1})}, kHistoryLimit + 2
    );

    const auto next = all<ContinueAsNewWorkflowExecution>(commands);
    ASSERT_THAT(next, SizeIs(1));
    const auto state = temporal::from_payload<BatchState>(next.at(0).arguments.at(1));
    EXPECT_EQ(state.next, 4);
    EXPECT_EQ(state.counts, (ItemCounts{.total = 8, .succeeded = 3, .failed = 1}));
    EXPECT_EQ(state.chunks, 3);
    EXPECT_TRUE(state.paused);
}

TEST(BatchWorkflowTasks, BelowTheHistorysLimitTheNextChunkBegins) {
    TaskByTask run;
    run.start_chunks(8);

    EXPECT_THAT(
        types(run.task({completed(2, ChunkReport{.succeeded = 2})}, kHistoryLimit - 1)),
        ElementsAre("infer_batch")
    );
}

TEST(BatchWorkflowTasks, ASignalThatArrivesWithTheStartWinsOverWhatTheRunBeforeSaid) {
    BatchState state{.outline = outline_of(8), .next = 4};
    state.counts.total = 8;
    TaskByTask pauses;
    EXPECT_THAT(types(pauses.start(temporal::to_payloads(state), {signal("pause")})), IsEmpty());

    state.paused = true;
    TaskByTask resumes;
    EXPECT_THAT(
        types(resumes.start(temporal::to_payloads(state), {signal("resume")})),
        ElementsAre("infer_batch", "infer_batch")
    );
}

}  // namespace
}  // namespace inference
