#include "jobs/job_row.hpp"

#include "jobs/fence_cases.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;

TEST(JobRow, TheFenceDecidesByTheRun_TheEndAndTheEvents) {
    for (const auto& [name, held, offered, is_taken] : test::fence_cases()) {
        EXPECT_EQ(replaces(offered, held), is_taken) << name;
    }
}

TEST(JobRow, AJobThatGoesOnInAnotherRunKeepsWhenItWasCreatedAndStarted) {
    auto first = test::row("a", 100s, JobState::kRunning, 3);
    first.started_at = Timestamp{101s};
    auto second = test::row("b", 200s, JobState::kRunning, 3);
    second.started_at = Timestamp{201s};

    EXPECT_EQ(merged(second, first).created_at, Timestamp{200s}) << "another job of that id";
    second.run.first_run_id = "a";
    EXPECT_EQ(merged(second, first).created_at, Timestamp{100s});
    EXPECT_EQ(merged(second, first).started_at, Timestamp{101s});
    first.started_at.reset();
    EXPECT_EQ(merged(second, first).started_at, Timestamp{201s});
}

TEST(JobRow, AJobIsFinishedWhenItsLastStatusSaysSo) {
    EXPECT_EQ(finished_at(test::row("a", 100s, JobState::kRunning, 3)), std::nullopt);
    EXPECT_EQ(finished_at(test::row("a", 100s, JobState::kFailed, 3)), Timestamp{103s});
}

}  // namespace
}  // namespace inference
