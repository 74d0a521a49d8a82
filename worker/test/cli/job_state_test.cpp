#include "cli/job_state.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using temporal::WorkflowStatus;

TEST(JobState, TerminatedAndTimedOutAreFailed) {
    EXPECT_EQ(state_of(WorkflowStatus::kCompleted), JobState::kCompleted);
    EXPECT_EQ(state_of(WorkflowStatus::kFailed), JobState::kFailed);
    EXPECT_EQ(state_of(WorkflowStatus::kCanceled), JobState::kCanceled);
    EXPECT_EQ(state_of(WorkflowStatus::kTerminated), JobState::kFailed);
    EXPECT_EQ(state_of(WorkflowStatus::kTimedOut), JobState::kFailed);
}

TEST(JobState, WhatContinuesHasNotEnded) {
    for (const auto status :
         {WorkflowStatus::kRunning,
          WorkflowStatus::kContinuedAsNew,
          WorkflowStatus::kPaused,
          WorkflowStatus::kUnknown}) {
        EXPECT_FALSE(is_closed(status));
        EXPECT_EQ(state_of(status), JobState::kRunning);
    }
    EXPECT_TRUE(is_closed(WorkflowStatus::kTerminated));
}

}  // namespace
}  // namespace inference::cli
