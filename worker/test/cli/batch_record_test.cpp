#include "cli/job_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

namespace inference::cli {
namespace {

using nlohmann::json;

/// A history that the whole system's tests recorded.
json recorded(const std::string& name) {
    std::ifstream file(std::string(RECORDED_JOBS) + "/" + name + ".json");
    return json::parse(file);
}

/// The history before its first event of this type.
json before(json history, const std::string& type) {
    auto& events = history.at("events");
    for (auto event = events.begin(); event != events.end(); ++event) {
        if (event->at("eventType") == "EVENT_TYPE_" + type) {
            events.erase(event, events.end());
            return history;
        }
    }
    ADD_FAILURE() << "no such event: " << type;
    return history;
}

TEST(BatchRecord, ABatchThatNobodyHasSeenIsQueuedWithItsModel) {
    const auto status =
        status_from_history(before(recorded("batch_completed"), "WORKFLOW_TASK_STARTED"), "batch");
    EXPECT_EQ(status.state, JobState::kQueued);
    EXPECT_EQ(status.model, "echo");
    EXPECT_EQ(status.priority, Priority::kLow) << "by its queue";
    EXPECT_EQ(status.counts, std::nullopt);
}

TEST(BatchRecord, ItemsCountAsTheirChunksEnd) {
    json history = recorded("batch_completed");
    auto& events = history.at("events");
    while (events.back().at("eventType") != "EVENT_TYPE_ACTIVITY_TASK_COMPLETED") {
        events.erase(events.end() - 1);
    }
    events.erase(events.end() - 1);  // The last step is under way.
    const auto status = status_from_history(history, "batch");
    EXPECT_EQ(status.state, JobState::kRunning);
    EXPECT_EQ(status.stage, Stage::kPostprocess);
    EXPECT_EQ(status.counts, (ItemCounts{.total = 20, .succeeded = 20}));
    EXPECT_EQ(status.attempt, 7) << "chunks of three";
    EXPECT_EQ(status.progress, 1);
}

TEST(BatchRecord, AChunkThatGoesOnInAnotherActivityCountsOnce) {
    const json history = before(recorded("batch_handed_over"), "WORKFLOW_EXECUTION_COMPLETED");
    const auto running = status_from_history(history, "batch");
    const auto ended = status_from_history(recorded("batch_handed_over"), "batch");
    EXPECT_EQ(running.counts, ended.counts);
}

TEST(BatchRecord, ACompletedBatchHasTheCountsAndTheStateOfItsResponse) {
    const auto clean = status_from_history(recorded("batch_completed"), "batch");
    EXPECT_EQ(clean.state, JobState::kCompleted);
    EXPECT_EQ(clean.progress, 1);

    json history = recorded("batch_completed");
    history.at("events").back().at("workflowExecutionCompletedEventAttributes").at("result") = {
        {"payloads",
         {{{"metadata", {{"encoding", "anNvbi9wbGFpbg=="}}},
           // {"job_id":"b","status":"completed_with_errors","counts":{"total":3,"succeeded":2,"failed":1}}
           {"data",
            "eyJqb2JfaWQiOiJiIiwic3RhdHVzIjoiY29tcGxldGVkX3dpdGhfZXJyb3JzIiwiY291bnRzIjp7InRvdGFsIj"
            "ozLCJzdWNjZWVkZWQi"
            "OjIsImZhaWxlZCI6MX19"}}}}
    };
    const auto with_errors = status_from_history(history, "batch");
    EXPECT_EQ(with_errors.state, JobState::kCompletedWithErrors);
    EXPECT_EQ(with_errors.counts, (ItemCounts{.total = 3, .succeeded = 2, .failed = 1}));
}

TEST(BatchRecord, AFailedBatchHasItsErrorAndWhatItHadDone) {
    const auto status = status_from_history(recorded("batch_failed_fast"), "batch");
    EXPECT_EQ(status.state, JobState::kFailed);
    ASSERT_TRUE(status.error);
    EXPECT_EQ(status.error->error_class, ErrorClass::kFatal);
    ASSERT_TRUE(status.counts);
    EXPECT_EQ(status.counts->total, 2000);
    EXPECT_EQ(status.counts->failed, 1);
}

TEST(BatchRecord, ACancelledBatchHasWhatItHadDone) {
    const auto status = status_from_history(recorded("batch_canceled"), "batch");
    EXPECT_EQ(status.state, JobState::kCanceled);
    EXPECT_EQ(status.error, std::nullopt);
    ASSERT_TRUE(status.counts);
    EXPECT_GT(status.counts->canceled, 0);
}

TEST(BatchRecord, ARunThatGoesOnWithABatchIsRunningWithWhatWasDoneBefore) {
    const json history = before(recorded("batch_continued"), "WORKFLOW_TASK_STARTED");
    const auto status = status_from_history(history, "batch");
    EXPECT_EQ(status.state, JobState::kRunning);
    ASSERT_TRUE(status.counts);
    EXPECT_GT(status.counts->succeeded, 0);
    EXPECT_GT(status.attempt, 0);
}

}  // namespace
}  // namespace inference::cli
