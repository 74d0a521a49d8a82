// The same tests on SQLite and on PostgreSQL.

#include "jobs/job_store.hpp"

#include "jobs/fence_cases.hpp"
#include "jobs/job_migrations.hpp"
#include "jobs/postgres_database.hpp"
#include "jobs/sqlite_database.hpp"
#include "jobs/store_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Stores : public test::JobStoreTest {
protected:
    /// A second way into the same database.
    [[nodiscard]] std::unique_ptr<SqlDatabase> database() const {
        if (GetParam() == "sqlite") {
            return std::make_unique<SqliteDatabase>(folder() / "jobs.db", /*creates=*/false);
        }
        return std::make_unique<PostgresDatabase>(store_name());
    }
};

INSTANTIATE_TEST_SUITE_P(
    On,
    Stores,
    ::testing::Values("sqlite", "postgresql"),
    [](const auto& info) { return info.param; }
);

JobRow job(
    const std::string& id, std::chrono::seconds created, JobState state = JobState::kRunning
) {
    JobRow made = test::row("run-" + id, created, state, 3);
    made.status.job_id = id;
    return made;
}

std::vector<std::string> ids_of(const std::vector<JobRow>& rows) {
    std::vector<std::string> ids;
    for (const JobRow& row : rows) {
        ids.push_back(row.status.job_id);
    }
    return ids;
}

/// Every field has something that is not its default.
JobRow full_row() {
    JobRow full = test::row("run-2", 200s, JobState::kRunning, 1'000'000'000'000);
    full.status.job_id = "täglich '1' \"2\" $3 %s";
    full.status.stage = Stage::kInfer;
    full.status.progress = 1.0 / 3;
    full.status.counts =
        ItemCounts{.total = 5'000'000'000, .succeeded = 3, .failed = 2, .canceled = 1};
    full.status.attempt = 4;
    full.status.retries = {.transient = 1, .timeout = 2, .oom = 3, .worker_lost = 4};
    full.status.model = "llama; DROP TABLE inference_jobs";
    full.status.priority = Priority::kHigh;
    full.status.updated_at = Timestamp{1'795'550'403'734ms};
    full.status.error = JobError{
        .code = ErrorCode::kEngine5xx,
        .error_class = ErrorClass::kTransient,
        .message = "model 'x': 503\nat http://x",
        .next_attempt_at = Timestamp{1'795'550'405'001ms}
    };
    full.run.first_run_id = "run-1";
    full.run.workflow_type = "BatchWorkflow";
    full.run.queue = "a queue";
    full.created_at = Timestamp{1'795'550'403'000ms};
    full.started_at = Timestamp{1'795'550'403'010ms};
    full.is_recorded = true;
    return full;
}

TEST_P(Stores, GivesBackWhatWasPutIn) {
    const auto store = open();
    const JobRow full = full_row();
    const JobRow plain = test::row("a", 100s, JobState::kQueued, 0);
    store->upsert(std::array{full, plain});

    EXPECT_EQ(store->find(full.status.job_id), full);
    EXPECT_EQ(store->find("job"), plain);
    EXPECT_EQ(store->find("no such job"), std::nullopt);
}

TEST_P(Stores, TheFenceDecidesAsTheRuleSays) {
    const auto store = open();
    for (auto [name, held, offered, is_taken] : test::fence_cases()) {
        held.status.job_id = offered.status.job_id = name;
        store->upsert({&held, 1});
        store->upsert({&offered, 1});
        EXPECT_EQ(store->find(name), is_taken ? merged(offered, held) : held) << name;
    }
}

TEST_P(Stores, OfRowsOfAJobInOneBatchTheLaterTruthStays) {
    const auto store = open();
    const auto early = test::row("a", 100s, JobState::kRunning, 3);
    const auto done = test::row("a", 100s, JobState::kCompleted, 9);
    store->upsert(std::array{early, done, early});

    EXPECT_EQ(store->find("job"), done);
}

TEST_P(Stores, AJobThatGoesOnInAnotherRunKeepsWhenItWasCreatedAndStarted) {
    const auto store = open();
    auto first = test::row("a", 100s, JobState::kRunning, 3);
    first.started_at = Timestamp{101s};
    auto second = test::row("b", 200s, JobState::kRunning, 3);
    second.run.first_run_id = "a";
    second.started_at = Timestamp{201s};
    store->upsert({&first, 1});
    store->upsert({&second, 1});

    EXPECT_EQ(store->find("job"), merged(second, first));
    EXPECT_EQ(store->find("job")->created_at, Timestamp{100s});
    EXPECT_EQ(store->find("job")->started_at, Timestamp{101s});
}

TEST_P(Stores, SeveralWritersOfTheSameJobsAgreeOnTheLaterTruth) {
    constexpr int kJobs = 150;
    constexpr int kSteps = 10;
    open()->migrate();
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 3; ++writer) {
        writers.emplace_back([&, writer] {
            const auto store = open();
            for (int step = 0; step < kSteps; ++step) {
                std::vector<JobRow> rows;
                for (int number = 0; number < kJobs; ++number) {
                    // Each writer has another order of the jobs and of the steps.
                    auto row =
                        job("job-" + std::to_string((number * 7 + writer * 31) % kJobs), 100s);
                    row.sequence = (step * 11 + writer * 13) % kSteps;
                    rows.push_back(std::move(row));
                }
                store->upsert(rows);
            }
        });
    }
    writers.clear();

    const auto rows = open()->list({.limit = kJobs + 1});
    EXPECT_EQ(rows.size(), kJobs);
    EXPECT_TRUE(std::ranges::all_of(rows, [](const JobRow& row) {
        return row.sequence == kSteps - 1;
    }));
}

TEST_P(Stores, ListsWhatAFilterTakesTheNewestFirst) {
    const auto store = open();
    auto other = job("d", 400s);
    other.status.model = "digits";
    other.status.priority = Priority::kLow;
    store->upsert(std::array{
        job("a", 100s),
        job("b", 200s, JobState::kFailed),
        job("c", 300s, JobState::kCompleted),
        other
    });

    EXPECT_THAT(ids_of(store->list({})), ElementsAre("d", "c", "b", "a"));
    EXPECT_THAT(ids_of(store->list({.limit = 2})), ElementsAre("d", "c"));
    EXPECT_THAT(
        ids_of(store->list({.states = {JobState::kFailed, JobState::kCompleted}})),
        ElementsAre("c", "b")
    );
    EXPECT_THAT(ids_of(store->list({.model = "digits"})), ElementsAre("d"));
    EXPECT_THAT(ids_of(store->list({.priority = Priority::kLow})), ElementsAre("d"));
    EXPECT_THAT(
        ids_of(store->list({.since = Timestamp{200s}, .until = Timestamp{400s}})),
        ElementsAre("c", "b")
    );
    EXPECT_THAT(ids_of(store->list({.after = "b"})), ElementsAre("c", "d"));
    EXPECT_THAT(ids_of(store->list({.states = {JobState::kFailed}, .model = "digits"})), IsEmpty());
}

TEST_P(Stores, FindsManyAtOnce) {
    const auto store = open();
    std::vector<JobRow> rows;
    std::vector<std::string> ids;
    for (int number = 0; number < 1'200; ++number) {
        rows.push_back(job(std::to_string(number), 100s));
        ids.push_back(std::to_string(number * 2));
    }
    store->upsert(rows);

    EXPECT_EQ(store->find_all(ids).size(), 600U);
    EXPECT_THAT(store->find_all({}), IsEmpty());
}

TEST_P(Stores, ForgetsAJobOnlyWhileItsRunIsThatOne) {
    const auto store = open();
    store->upsert(std::array{job("a", 100s)});

    EXPECT_FALSE(store->forget("a", "an earlier run"));
    EXPECT_TRUE(store->forget("a", "run-a"));
    EXPECT_FALSE(store->forget("a", "run-a"));
}

TEST_P(Stores, PurgesWhatEndedBeforeAndNothingThatRuns) {
    const auto store = open();
    store->upsert(std::array{
        job("running", 100s),
        job("old", 100s, JobState::kFailed),
        job("new", 500s, JobState::kFailed)
    });

    EXPECT_EQ(store->purge(Timestamp{300s}), 1);
    EXPECT_THAT(ids_of(store->list({})), UnorderedElementsAre("running", "new"));
}

TEST_P(Stores, AMarkMovesOnlyFromBeforeTheTimeThatIsNamed) {
    const auto store = open();
    EXPECT_EQ(store->mark("looked"), std::nullopt);
    EXPECT_TRUE(store->move_mark("looked", Timestamp{0s}, Timestamp{100s}));
    EXPECT_EQ(store->mark("looked"), Timestamp{100s});
    EXPECT_FALSE(open()->move_mark("looked", Timestamp{100s}, Timestamp{200s}));
    EXPECT_TRUE(open()->move_mark("looked", Timestamp{101s}, Timestamp{200s}));
    EXPECT_EQ(store->mark("looked"), Timestamp{200s});
}

TEST_P(Stores, ProgramsThatStartAtOnceMakeTheTablesOnce) {
    std::vector<std::jthread> starting;
    for (int program = 0; program < 4; ++program) {
        starting.emplace_back([&] { EXPECT_EQ(open()->migrate(), 1); });
    }
    starting.clear();

    const auto raw = database();
    raw->open();
    EXPECT_EQ(raw->run("SELECT version FROM " + std::string(kSchemaTable), {}).rows.size(), 1U);
}

TEST_P(Stores, TablesOfANewerProgramAreAClearErrorAndStayAsTheyAre) {
    open()->migrate();
    const auto raw = database();
    raw->open();
    raw->run_script("INSERT INTO " + std::string(kSchemaTable) + " (version) VALUES (99)");

    for (const auto use : {JobStoreUse::kServe, JobStoreUse::kLook}) {
        try {
            static_cast<void>(open(use)->find("job"));
            FAIL() << "it was used all the same";
        } catch (const NewerJobStore& error) {
            EXPECT_THAT(error.what(), HasSubstr("version 99"));
            EXPECT_THAT(error.what(), HasSubstr("up to 1"));
        }
    }
}

TEST_P(Stores, WhoOnlyLooksMakesNoTables) {
    if (GetParam() == "sqlite") {
        EXPECT_THROW(open(JobStoreUse::kLook)->migrate(), JobStoreError);
        EXPECT_FALSE(std::filesystem::exists(folder() / "jobs.db"));
        return;
    }
    EXPECT_EQ(open(JobStoreUse::kLook)->migrate(), 0);
    try {
        static_cast<void>(open(JobStoreUse::kLook)->find("job"));
        FAIL() << "there was nothing to look at";
    } catch (const JobStoreError& error) {
        EXPECT_THAT(error.what(), HasSubstr("no tables"));
    }
}

TEST_P(Stores, TryingToWriteLeavesNothing) {
    open()->migrate();
    const auto store = open(JobStoreUse::kLook);
    store->try_to_write();

    EXPECT_EQ(store->mark("written to try"), std::nullopt);
}

TEST_P(Stores, TextKeepsAllButItsNulBytes) {
    auto strange = job("a", 100s);
    strange.status.model = std::string("one\0two", 7);
    const auto store = open();
    store->upsert({&strange, 1});

    EXPECT_EQ(store->find("a")->status.model, "onetwo");
}

TEST(SqliteStore, AFileThatWasRemovedWhileItWasOpenIsMadeAnew) {
    const cli::testing::TempFolder folder;
    const auto file = folder.path() / "jobs.db";
    const auto store = open_job_store("sqlite:" + file.string(), JobStoreUse::kServe);
    store->upsert(std::array{job("a", 100s)});
    std::filesystem::remove(file);
    store->upsert(std::array{job("b", 100s)});

    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_THAT(ids_of(store->list({})), ElementsAre("b"));
}

TEST(SqliteStore, AFileThatIsNoDatabaseIsNamedWithTheNextStep) {
    const cli::testing::TempFolder folder;
    const auto file = folder.path() / "jobs.db";
    std::ofstream(file) << std::string(4096, 'x');
    try {
        open_job_store("sqlite:" + file.string(), JobStoreUse::kServe)->migrate();
        FAIL() << "it was taken for a database";
    } catch (const JobStoreError& error) {
        EXPECT_THAT(error.what(), HasSubstr(file.string()));
        EXPECT_THAT(error.what(), HasSubstr("jobs rebuild"));
    }
}

TEST(PostgresStore, APasswordIsInNoError) {
    const std::string url = "postgresql://me:s3cret@127.0.0.1:1/jobs";
    const auto store = open_job_store(url, JobStoreUse::kServe);
    EXPECT_EQ(store->name(), "postgresql://127.0.0.1:1/jobs");
    try {
        store->migrate();
        FAIL() << "nobody serves there";
    } catch (const JobStoreError& error) {
        EXPECT_THAT(error.what(), HasSubstr("127.0.0.1"));
        EXPECT_THAT(error.what(), Not(HasSubstr("s3cret")));
    }
    for (const std::string& malformed :
         {std::string("postgresql://me:s3cret@[::1/jobs"), url + "?sslmoode=require"}) {
        try {
            open_job_store(malformed, JobStoreUse::kServe);
            FAIL() << "it was taken for a URL";
        } catch (const JobStoreError& error) {
            EXPECT_THAT(error.what(), Not(HasSubstr("s3cret")));
            EXPECT_THAT(error.what(), HasSubstr("postgresql://USER"));
        }
    }
}

TEST(OpenJobStore, NoneIsNone) {
    EXPECT_EQ(open_job_store("none", JobStoreUse::kServe), nullptr);
}

}  // namespace
}  // namespace inference
