#include "files/claim.hpp"

#include "cli/temp_folder.hpp"
#include "files/file_text.hpp"
#include "files/storage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <latch>
#include <string>
#include <thread>

namespace inference {
namespace {

using cli::testing::TempFolder;
using cli::testing::thrown_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::names_in;
using testing::text_of;

TEST(Claim, LeavesALockWithTheJobsIdAndNothingElse) {
    const TempFolder folder;
    EXPECT_TRUE(claim(folder.path() / "out.jsonl", "job-a"));
    EXPECT_EQ(text_of(folder.path() / "out.jsonl.lock"), "job-a");
    EXPECT_THAT(names_in(folder.path()), ElementsAre("out.jsonl.lock"));
}

TEST(Claim, OfTheSameJobAgainIsFine) {
    const TempFolder folder;
    EXPECT_TRUE(claim(folder.path() / "out.jsonl", "job-a"));
    EXPECT_TRUE(claim(folder.path() / "out.jsonl", "job-a"));
    EXPECT_THAT(names_in(folder.path()), ElementsAre("out.jsonl.lock"));
}

TEST(Claim, OfAnotherJobIsToldWhoWritesItAndWhatToDo) {
    const TempFolder folder;
    const auto output = folder.path() / "out.jsonl";
    EXPECT_TRUE(claim(output, "job-a"));
    const auto refused = claim(output, "job-b");

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error_class, ErrorClass::kFatal);
    EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
    EXPECT_THAT(refused.error().message, HasSubstr("'job-a'"));
    EXPECT_THAT(refused.error().message, HasSubstr("choose another"));
    EXPECT_THAT(refused.error().message, HasSubstr("is over, delete " + output.string() + ".lock"));
    EXPECT_EQ(text_of(output.string() + ".lock"), "job-a");
    EXPECT_THAT(names_in(folder.path()), ElementsAre("out.jsonl.lock"));
}

TEST(Claim, AJobWhoseIdOnlyBeginsAlikeIsAnother) {
    const TempFolder folder;
    const auto output = folder.path() / "out.jsonl";
    EXPECT_TRUE(claim(output, "job-10"));
    EXPECT_FALSE(claim(output, "job-1"));
    EXPECT_FALSE(claim(output, "job-100"));
}

TEST(Claim, OnceReleasedAnotherJobMayHaveIt) {
    const TempFolder folder;
    const auto output = folder.path() / "out.jsonl";
    EXPECT_TRUE(claim(output, "job-a"));
    release(output);
    EXPECT_THAT(names_in(folder.path()), IsEmpty());
    EXPECT_TRUE(claim(output, "job-b"));
    EXPECT_EQ(text_of(output.string() + ".lock"), "job-b");
}

TEST(Claim, ReleasingWhatNobodyHasIsNoError) {
    const TempFolder folder;
    release(folder.path() / "out.jsonl");
    EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(Claim, OfTwoJobsAtOnceOneGetsItAndTheOtherIsToldWhich) {
    const TempFolder folder;
    const auto output = folder.path() / "out.jsonl";
    const std::array<std::string, 2> jobs{"job-a", "job-b"};
    for (int round = 0; round < 50; ++round) {
        std::array<Result<void>, 2> results;
        std::latch both(2);
        const auto run = [&](std::size_t job) {
            both.arrive_and_wait();
            results[job] = claim(output, jobs[job]);
        };
        std::jthread other([&] { run(1); });
        run(0);
        other.join();

        ASSERT_NE(results[0].has_value(), results[1].has_value());
        const std::size_t winner = results[0] ? 0 : 1;
        EXPECT_THAT(results[1 - winner].error().message, HasSubstr("'" + jobs[winner] + "'"));
        EXPECT_THAT(names_in(folder.path()), ElementsAre("out.jsonl.lock"));
        release(output);
    }
}

TEST(Claim, InAFolderThatIsNotThereIsAStorageErrorThatNamesThePath) {
    const TempFolder folder;
    const auto output = folder.path() / "nowhere" / "out.jsonl";
    const auto error = thrown_by<StorageError>([&] { (void)claim(output, "job-a"); });
    EXPECT_THAT(error.what(), HasSubstr(output.string()));
    EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace inference
