#include "cli/job_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>

namespace inference::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A history that the whole system's tests recorded.
json recorded(const std::string& name) {
    std::ifstream file(std::string(RECORDED_JOBS) + "/" + name + ".json");
    return json::parse(file);
}

/// The history as it was up to and with the event of this type that is the `nth`.
json until(json history, const std::string& type, std::size_t nth = 1) {
    auto& events = history.at("events");
    std::size_t end = 0;
    while (end < events.size() && nth > 0) {
        nth -= events[end].at("eventType") == "EVENT_TYPE_" + type ? 1 : 0;
        ++end;
    }
    EXPECT_EQ(nth, 0U) << "no such event: " << type;
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(end), events.end());
    return history;
}

TEST(JobRecord, AJobIsQueuedUntilItsFirstWorkflowTaskIsDone) {
    for (const char* type : {"WORKFLOW_EXECUTION_STARTED", "WORKFLOW_TASK_STARTED"}) {
        const auto status = status_from_history(until(recorded("completed"), type), "j1");
        EXPECT_EQ(status.job_id, "j1");
        EXPECT_EQ(status.state, JobState::kQueued);
        EXPECT_EQ(status.model, "echo") << "it is in the request";
        EXPECT_EQ(status.priority, Priority::kNormal) << "by its queue";
        EXPECT_EQ(status.progress, 0);
    }
    const auto begun =
        status_from_history(until(recorded("completed"), "WORKFLOW_TASK_COMPLETED"), "j1");
    EXPECT_EQ(begun.state, JobState::kRunning);
}

TEST(JobRecord, TheStageIsTheOneScheduledLast) {
    const auto infer =
        status_from_history(until(recorded("completed"), "ACTIVITY_TASK_SCHEDULED", 2), "j1");
    EXPECT_EQ(infer.stage, Stage::kInfer);
    EXPECT_DOUBLE_EQ(infer.progress, 1.0 / 3);
    EXPECT_EQ(infer.attempt, 1);

    const auto post =
        status_from_history(until(recorded("completed"), "ACTIVITY_TASK_SCHEDULED", 3), "j1");
    EXPECT_EQ(post.stage, Stage::kPostprocess);
    EXPECT_DOUBLE_EQ(post.progress, 2.0 / 3);
}

/// When the event of this type that is the last of them happened.
Timestamp time_of_last(const json& history, const std::string& type) {
    Timestamp time{};
    for (const json& event : history.at("events")) {
        if (event.at("eventType") == "EVENT_TYPE_" + type) {
            time = *timestamp_from(event.at("eventTime").get<std::string>());
        }
    }
    return time;
}

TEST(JobRecord, ACompletedJobHasAllOfItsProgressAndTheTimeByItsOwnClock) {
    const json history = recorded("completed");
    const auto status = status_from_history(history, "j1");
    EXPECT_EQ(status.state, JobState::kCompleted);
    EXPECT_EQ(status.progress, 1);
    EXPECT_EQ(status.error, std::nullopt);
    EXPECT_EQ(status.updated_at, time_of_last(history, "WORKFLOW_TASK_STARTED"));
}

TEST(JobRecord, SaysWhenTheRunBeganAndHowManyEventsItsLastTaskKnewOf) {
    const auto queued =
        job_from_history(until(recorded("completed"), "WORKFLOW_TASK_STARTED"), "j1");
    EXPECT_EQ(queued.sequence, 0);
    EXPECT_EQ(queued.started_at, std::nullopt);
    EXPECT_EQ(queued.began, time_of_last(recorded("completed"), "WORKFLOW_EXECUTION_STARTED"));
    EXPECT_EQ(queued.status.updated_at, queued.began);

    const json two_tasks = until(recorded("completed"), "WORKFLOW_TASK_COMPLETED", 2);
    const auto running = job_from_history(two_tasks, "j1");
    EXPECT_EQ(
        running.sequence, std::stoll(two_tasks["events"].back()["eventId"].get<std::string>()) - 1
    );
    const json one_task = until(recorded("completed"), "WORKFLOW_TASK_STARTED");
    EXPECT_EQ(running.started_at, time_of_last(one_task, "WORKFLOW_TASK_STARTED"));
    EXPECT_FALSE(running.first_run_id.empty());
}

TEST(JobRecord, AStepThatWasALocalActivityCountsAsOne) {
    const auto status = status_from_history(recorded("lean_completed"), "j1");
    EXPECT_EQ(status.state, JobState::kCompleted);
    EXPECT_EQ(status.stage, Stage::kPostprocess);
}

TEST(JobRecord, ABatchHasTheCountsThatItEndedWith) {
    const auto completed = status_from_history(recorded("batch_completed"), "batch");
    EXPECT_EQ(completed.counts, (ItemCounts{.total = 20, .succeeded = 20}));
    EXPECT_EQ(completed.stage, Stage::kPostprocess);
    const auto canceled = status_from_history(recorded("batch_canceled"), "batch");
    EXPECT_EQ(canceled.state, JobState::kCanceled);
    EXPECT_EQ(canceled.counts, (ItemCounts{.total = 3000, .succeeded = 700, .canceled = 2300}));
    const auto failed = status_from_history(recorded("batch_failed_fast"), "batch");
    EXPECT_EQ(failed.state, JobState::kFailed);
    EXPECT_EQ(failed.counts->failed, 1);
    ASSERT_TRUE(failed.error);
}

TEST(JobRecord, AFailureThatIsTriedAgainShowsItsErrorAndTheTimeOfTheNextTry) {
    const json history = until(recorded("retried_twice"), "TIMER_STARTED");
    const auto status = status_from_history(history, "busy");

    EXPECT_EQ(status.state, JobState::kRunning);
    EXPECT_EQ(status.attempt, 1);
    EXPECT_EQ(status.retries, (RetryCounts{.transient = 1}));
    ASSERT_TRUE(status.error);
    EXPECT_EQ(status.error->error_class, ErrorClass::kTransient);
    EXPECT_THAT(status.error->message, HasSubstr("503"));
    ASSERT_TRUE(status.error->next_attempt_at);
    const auto pause = *status.error->next_attempt_at - time_of_last(history, "TIMER_STARTED");
    EXPECT_GE(pause, std::chrono::milliseconds(800));
    EXPECT_LE(pause, std::chrono::milliseconds(1200));
}

TEST(JobRecord, RetriesAreCountedByClassAndTheErrorGoesWithTheStage) {
    const auto status = status_from_history(recorded("retried_twice"), "busy");
    EXPECT_EQ(status.state, JobState::kCompleted);
    EXPECT_EQ(status.attempt, 3);
    EXPECT_EQ(status.retries, (RetryCounts{.transient = 2}));
    EXPECT_EQ(status.error, std::nullopt);
}

TEST(JobRecord, ALostWorkerHasACountOfItsOwn) {
    const auto status = status_from_history(recorded("worker_lost"), "survivor");
    EXPECT_EQ(status.attempt, 2);
    EXPECT_EQ(status.retries, (RetryCounts{.worker_lost = 1}));
}

TEST(JobRecord, WaitingForAnEngineIsNoRetry) {
    const auto status =
        status_from_history(until(recorded("engine_was_down"), "TIMER_STARTED"), "patient");
    EXPECT_EQ(status.retries, RetryCounts{});
    ASSERT_TRUE(status.error);
    EXPECT_EQ(status.error->code, ErrorCode::kEngineNotReady);
    EXPECT_THAT(status.error->message, HasSubstr("waiting for a ready endpoint until 20"));
    EXPECT_TRUE(status.error->next_attempt_at);
}

TEST(JobRecord, AFailedJobHasItsFailuresDetails) {
    const auto transient = status_from_history(recorded("failed_transient"), "overloaded");
    EXPECT_EQ(transient.state, JobState::kFailed);
    EXPECT_EQ(transient.attempt, 3);
    EXPECT_EQ(transient.retries, (RetryCounts{.transient = 2}));
    ASSERT_TRUE(transient.error);
    EXPECT_EQ(transient.error->error_class, ErrorClass::kTransient);
    EXPECT_EQ(transient.error->next_attempt_at, std::nullopt);

    const auto unknown = status_from_history(recorded("failed_in_preprocess"), "unknown");
    EXPECT_EQ(unknown.state, JobState::kFailed);
    EXPECT_EQ(unknown.model, "ecko");
    EXPECT_EQ(unknown.attempt, 0);
    ASSERT_TRUE(unknown.error);
    EXPECT_EQ(unknown.error->code, ErrorCode::kModelNotFound);
}

TEST(JobRecord, ADeadlineIsNoPauseBeforeATry) {
    const auto status = status_from_history(recorded("deadline"), "late");
    EXPECT_EQ(status.state, JobState::kFailed);
    EXPECT_EQ(status.priority, Priority::kHigh) << "the request names none, so the queue's";
    EXPECT_EQ(status.retries, RetryCounts{});
    ASSERT_TRUE(status.error);
    EXPECT_EQ(status.error->code, ErrorCode::kDeadline);
}

TEST(JobRecord, ACanceledJobHasNoError) {
    const auto status = status_from_history(recorded("canceled"), "unwanted");
    EXPECT_EQ(status.state, JobState::kCanceled);
    EXPECT_EQ(status.error, std::nullopt);
}

TEST(JobRecord, TerminatedAndTimedOutFromOutsideIsFailedWithWhatWasLastKnown) {
    for (const char* type :
         {"EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED", "EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT"}) {
        json history = until(recorded("retried_twice"), "TIMER_STARTED");
        history["events"].push_back({{"eventType", type}, {"eventTime", "2026-11-24T10:31:00Z"}});

        const auto status = status_from_history(history, "busy");

        EXPECT_EQ(status.state, JobState::kFailed);
        ASSERT_TRUE(status.error);
        EXPECT_EQ(status.error->next_attempt_at, std::nullopt) << "there is none any more";
    }
}

TEST(JobRecord, WhatIsMissingOrStrangeStaysAtItsDefault) {
    for (const char* text :
         {"null",
          "[]",
          "{}",
          R"({"events":7})",
          R"({"events":[1,{},{"eventType":9}]})",
          R"({"events":[{"eventType":"EVENT_TYPE_ACTIVITY_TASK_FAILED"}]})",
          R"({"events":[{"eventType":"EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",)"
          R"("workflowExecutionStartedEventAttributes":{"input":{"payloads":[{"data":"?"}]}}}]})"
         }) {
        const auto status = status_from_history(json::parse(text), "j");
        EXPECT_EQ(status.state, JobState::kQueued) << text;
        EXPECT_EQ(status.model, "") << text;
    }
}

}  // namespace
}  // namespace inference::cli
