#include "jobs/job_projection.hpp"

#include "jobs/fence_cases.hpp"
#include "jobs/store_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr auto kPatience = 30s;

JobRow job(const std::string& id, JobState state = JobState::kRunning, std::int64_t sequence = 3) {
    JobRow made = test::row("run-" + id, 100s, state, sequence);
    made.status.job_id = id;
    return made;
}

template <class Condition>
void wait_until(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!holds()) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
    }
}

/// A projection to a store of SQLite whose folder may be missing, and what it said.
class Projection : public ::testing::Test {
protected:
    [[nodiscard]] std::filesystem::path place() const { return folder_.path() / "later"; }
    [[nodiscard]] std::string store() const { return "sqlite:" + (place() / "jobs.db").string(); }
    void let_the_store_work() const { std::filesystem::create_directory(place()); }
    [[nodiscard]] std::unique_ptr<JobStore> open() const {
        return open_job_store(store(), JobStoreUse::kServe);
    }

    [[nodiscard]] ProjectionOptions options() {
        return {
            .interval = 1ms,
            .longest_pause = 5ms,
            .on_lost =
                [this](std::string_view message) {
                    const std::lock_guard lock(mutex_);
                    lost_.emplace_back(message);
                },
            .on_back =
                [this](std::size_t waiting) {
                    const std::lock_guard lock(mutex_);
                    back_.push_back(waiting);
                }
        };
    }

    std::vector<std::string> lost() {
        const std::lock_guard lock(mutex_);
        return lost_;
    }
    std::vector<std::size_t> back() {
        const std::lock_guard lock(mutex_);
        return back_;
    }

private:
    cli::testing::TempFolder folder_;
    std::mutex mutex_;
    std::vector<std::string> lost_;
    std::vector<std::size_t> back_;
};

TEST_F(Projection, WritesTheNewestRowOfEachJob) {
    let_the_store_work();
    JobProjection projection(open(), options());
    for (int step = 0; step < 100; ++step) {
        auto row = job("a", JobState::kRunning, step);
        row.status.attempt = step;
        projection.put(row);
    }
    projection.put(job("b", JobState::kCompleted));
    ASSERT_TRUE(projection.drain(kPatience));

    EXPECT_EQ(projection.waiting(), 0U);
    EXPECT_EQ(open()->find("a")->status.attempt, 99);
    EXPECT_EQ(open()->find("b")->status.state, JobState::kCompleted);
}

TEST_F(Projection, ARowThatSaysNothingNewIsNotWritten) {
    let_the_store_work();
    JobProjection projection(open(), options());
    projection.put(job("a", JobState::kRunning, 3));
    projection.put(job("a", JobState::kRunning, 3));
    auto same = job("a", JobState::kRunning, 3);
    same.sequence = 9;
    projection.put(same);
    ASSERT_TRUE(projection.drain(kPatience));

    EXPECT_EQ(open()->find("a")->sequence, 3);
}

TEST_F(Projection, KeepsTheNewestWhileTheStoreFailsAndSaysOnceThatItWentAndThatItIsBack) {
    JobProjection projection(open(), options());
    projection.put(job("a", JobState::kRunning, 3));
    wait_until([&] { return !lost().empty(); });
    projection.put(job("a", JobState::kCompleted, 9));
    projection.put(job("b"));
    EXPECT_FALSE(projection.drain(50ms)) << "it is still away";
    let_the_store_work();
    ASSERT_TRUE(projection.drain(kPatience));

    EXPECT_EQ(open()->find("a")->status.state, JobState::kCompleted);
    EXPECT_TRUE(open()->find("b"));
    ASSERT_EQ(lost().size(), 1U);
    EXPECT_THAT(lost().front(), HasSubstr(store()));
    EXPECT_EQ(back().size(), 1U);
}

TEST_F(Projection, DropsOtherJobsWhereTooManyWaitAndRemembersThatItDid) {
    auto few = options();
    few.most_rows = 2;
    JobProjection projection(open(), few);
    projection.put(job("a"));
    projection.put(job("b"));
    wait_until([&] { return !lost().empty() && projection.waiting() == 2; });
    projection.put(job("c"));
    wait_until([&] {
        projection.put(job("d"));
        return projection.take_dropped();
    });
    EXPECT_FALSE(projection.take_dropped());
    auto newer = job("a", JobState::kFailed, 9);
    projection.put(newer);
    let_the_store_work();
    ASSERT_TRUE(projection.drain(kPatience));

    EXPECT_EQ(open()->find("a"), newer) << "a job that waits already has its place";
}

TEST_F(Projection, IsDestroyedAtOnceWhileTheStoreFails) {
    auto patient = options();
    patient.longest_pause = 10min;
    patient.interval = 10min;
    JobProjection projection(open(), patient);
    projection.put(job("a"));
}

TEST(ProjectionToPostgres, ARowThatTheStoreRefusesHoldsUpNoOther) {
    // An index of PostgreSQL takes no key of this length, where it cannot be compressed.
    std::string long_id;
    for (unsigned number = 1; long_id.size() < 20'000; ++number) {
        long_id += std::to_string(number * 2'654'435'761U);
    }
    std::mutex mutex;
    std::vector<std::string> refused;
    JobProjection projection(
        open_job_store(test::postgres_url(), JobStoreUse::kServe),
        {.interval = 1ms,
         .on_refused =
             [&](std::string_view message) {
                 const std::lock_guard lock(mutex);
                 refused.emplace_back(message);
             }}
    );
    projection.put(job(long_id));
    projection.put(job("beside it"));
    ASSERT_TRUE(projection.drain(kPatience));

    EXPECT_TRUE(open_job_store(test::postgres_url(), JobStoreUse::kServe)->find("beside it"));
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_THAT(refused.front(), HasSubstr("54000"));
}

}  // namespace
}  // namespace inference
