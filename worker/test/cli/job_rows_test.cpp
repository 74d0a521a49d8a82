#include "cli/job_rows.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

const temporal::WorkflowInfo kInfo{
    .workflow_id = "job",
    .run_id = "run-2",
    .workflow_type = "BatchWorkflow",
    .task_queue = "inference-low",
    .start_time = system_clock::time_point{1'000'001'999us},
    .first_execution_run_id = "run-1",
};

JobStatus running() {
    JobStatus status;
    status.job_id = "job";
    status.state = JobState::kRunning;
    status.updated_at = Timestamp{1'005s};
    return status;
}

TEST(JobRows, AStepOfARunIsARowWithTheRunsPlaceInTime) {
    const temporal::ProgressedWorkflow seen{
        .info = kInfo,
        .history_length = 17,
        .first_task_time = system_clock::time_point{1'001'002'003us},
        .time = system_clock::time_point{1'005s}
    };
    const JobRow row = row_of(running(), seen);

    EXPECT_EQ(row.status, running());
    EXPECT_EQ(row.run.run_id, "run-2");
    EXPECT_EQ(row.run.first_run_id, "run-1");
    EXPECT_EQ(row.run.workflow_type, "BatchWorkflow");
    EXPECT_EQ(row.run.queue, "inference-low");
    EXPECT_EQ(row.run.began, Timestamp{1'000'001ms});
    EXPECT_EQ(row.created_at, row.run.began);
    EXPECT_EQ(row.started_at, Timestamp{1'001'002ms});
    EXPECT_EQ(row.sequence, 17);
    EXPECT_FALSE(row.is_recorded);
}

TEST(JobRows, AnEndThatTheWorkflowItselfDoesNotKnowOfIsOneAllTheSame) {
    const temporal::ClosedWorkflow failed{
        .info = kInfo,
        .status = temporal::WorkflowStatus::kFailed,
        .time = system_clock::time_point{1'009s},
        .history_length = 21,
        .first_task_time = system_clock::time_point{1'001s}
    };
    const JobRow row = row_of(running(), failed);

    EXPECT_EQ(row.status.state, JobState::kFailed);
    EXPECT_EQ(finished_at(row), Timestamp{1'009s});
}

TEST(JobRows, OnlyTheRecordOfARunThatEndedIsTheLastWord) {
    RecordedJob job;
    job.status = running();
    job.began = Timestamp{1'000s};
    temporal::WorkflowExecution run;
    run.run_id = "run-2";
    run.status = temporal::WorkflowStatus::kRunning;
    EXPECT_FALSE(row_of(job, run).is_recorded);
    EXPECT_EQ(row_of(job, run).run.first_run_id, "run-2") << "where the server does not tell";

    run.status = temporal::WorkflowStatus::kTerminated;
    job.first_run_id = "run-1";
    EXPECT_TRUE(row_of(job, run).is_recorded);
    EXPECT_EQ(row_of(job, run).run.first_run_id, "run-1");
}

}  // namespace
}  // namespace inference::cli
