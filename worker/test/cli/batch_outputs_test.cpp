#include "cli/batch_outputs.hpp"

#include "cli/command_error.hpp"
#include "cli/temp_folder.hpp"
#include "files/s3/bucket_roots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace inference::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TempFolder;
using testing::thrown_by;

std::string content(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// A folder of the workers, and one where only this program may write.
class BatchOutputsTest : public ::testing::Test {
protected:
    BatchOutputsTest() {
        fs::create_directories(root / "data");
        fs::create_directories(home);
    }

    BatchOutputs plan(const fs::path& output, const fs::path& errors = {}) {
        return plan_outputs({output.string(), errors.string()}, input.string(), stores);
    }
    std::string refused(const fs::path& output, const fs::path& errors = {}) {
        const auto error = thrown_by<CommandError>([&] { plan(output, errors); });
        EXPECT_EQ(error.code(), ExitCode::kUsage);
        return error.what();
    }

    TempFolder folder;
    fs::path root = fs::canonical(folder.path()) / "root";
    fs::path home = fs::canonical(folder.path()) / "home";
    fs::path input = home / "in.jsonl";
    Stores stores{FileRoots({root}, root / "jobs-data")};
};

BatchResponse inline_response() {
    BatchResponse response{.job_id = "b1"};
    response.results = {
        {{"custom_id", "a"}, {"error", nullptr}},
        {{"custom_id", "b"}, {"error", {{"code", "VALIDATION"}}}}
    };
    return response;
}

TEST_F(BatchOutputsTest, WithoutArgumentsTheWorkerDecides) {
    const BatchOutputs outputs = plan("");
    EXPECT_EQ(outputs.output, std::nullopt);
    EXPECT_EQ(outputs.errors, std::nullopt);
    EXPECT_TRUE(outputs.by_worker);
}

TEST_F(BatchOutputsTest, TheErrorsGoBesideTheOutputWhereNothingElseIsAskedFor) {
    EXPECT_EQ(plan(root / "out.jsonl").errors, (root / "out.errors.jsonl").string());
    EXPECT_EQ(plan(root / "out").errors, (root / "out.errors.jsonl").string());
    EXPECT_EQ(plan(root / "out.jsonl", root / "bad.jsonl").errors, (root / "bad.jsonl").string());
    EXPECT_EQ(plan("", root / "bad.jsonl").output, std::nullopt);
}

TEST_F(BatchOutputsTest, TheWorkerWritesOnlyIfItMayWriteBoth) {
    EXPECT_TRUE(plan(root / "out.jsonl").by_worker);
    EXPECT_TRUE(plan("", root / "bad.jsonl").by_worker);
    EXPECT_FALSE(plan(home / "out.jsonl").by_worker);
    EXPECT_FALSE(plan(root / "out.jsonl", home / "bad.jsonl").by_worker);
    EXPECT_FALSE(plan(root / ".." / "home" / "out.jsonl").by_worker);
}

TEST_F(BatchOutputsTest, WhatCannotBecomeAFileIsRefusedBeforeAnythingIsStarted) {
    EXPECT_THAT(refused(home), HasSubstr("it is a folder"));
    EXPECT_THAT(refused("/dev/null"), HasSubstr("no plain file"));
    EXPECT_THAT(refused(home / "none" / "out.jsonl"), HasSubstr("there is no folder"));
    EXPECT_THAT(refused(home / "out.jsonl", home / "none" / "e"), HasSubstr("there is no folder"));
}

/// An object store that nothing here asks.
TEST(BatchOutputs, ObjectsAreWrittenByTheWorkerAndFilesAreNotWhereItsOwnGoToABucket) {
    const TempFolder folder;
    const fs::path root = fs::canonical(folder.path());
    const auto buckets = std::make_shared<const BucketRoots>(
        nullptr, std::vector<std::string>{"s3://b/batches"}, "s3://b/jobs"
    );
    const Stores stores(FileRoots({root}, root / "jobs"), buckets, nullptr);
    const auto plan = [&](const std::string& output, const std::string& errors = "") {
        return plan_outputs({output, errors}, "s3://b/batches/in.jsonl", stores);
    };
    const BatchOutputs objects = plan("s3://b/batches/out.jsonl");
    EXPECT_EQ(objects.output, "s3://b/batches/out.jsonl");
    EXPECT_EQ(objects.errors, "s3://b/batches/out.errors.jsonl");
    EXPECT_TRUE(objects.by_worker);
    EXPECT_FALSE(plan((root / "out.jsonl").string()).by_worker);

    const auto refused = [&](const std::string& output, const std::string& errors = "") {
        return std::string(thrown_by<CommandError>([&] { plan(output, errors); }).what());
    };
    EXPECT_THAT(refused("s3://c/out.jsonl"), HasSubstr("s3://b/batches"));
    EXPECT_THAT(refused("s3://b/batches/in.jsonl"), HasSubstr("is the batch itself"));
    EXPECT_THAT(
        refused("s3://b/batches/o.jsonl", (root / "e.jsonl").string()),
        HasSubstr("choose files for both, or objects")
    );
}

TEST_F(BatchOutputsTest, NoFileIsTwoOfTheThree) {
    EXPECT_THAT(refused(input), HasSubstr("is the batch itself"));
    EXPECT_THAT(refused(home / "x", input), HasSubstr("is the batch itself"));
    EXPECT_THAT(refused(home / "x", home / "x"), HasSubstr("cannot be both"));
}

TEST_F(BatchOutputsTest, InlineResultsArePartedIntoTheTwoFiles) {
    const BatchOutputs outputs = plan(home / "out.jsonl");
    const BatchOutputs written = write_outputs(inline_response(), outputs, stores);

    EXPECT_EQ(written.output, (home / "out.jsonl").string());
    EXPECT_EQ(content(home / "out.jsonl"), "{\"custom_id\":\"a\",\"error\":null}\n");
    EXPECT_THAT(content(home / "out.errors.jsonl"), HasSubstr("VALIDATION"));
    EXPECT_FALSE(fs::exists(home / "out.jsonl.tmp"));
}

TEST_F(BatchOutputsTest, FilesOfTheWorkerAreCopiedToWhereTheyWereAskedFor) {
    const fs::path made = folder.write("root/data/o.jsonl", "good\n");
    const fs::path failed = folder.write("root/data/e.jsonl", "bad\n");
    BatchResponse response{.job_id = "b1"};
    response.output_ref = file_ref(fs::canonical(made));
    response.error_ref = file_ref(fs::canonical(failed));
    write_outputs(response, plan(home / "out.jsonl"), stores);
    EXPECT_EQ(content(home / "out.jsonl"), "good\n");
    EXPECT_EQ(content(home / "out.errors.jsonl"), "bad\n");
}

TEST_F(BatchOutputsTest, AFileThatTheWorkerPutWhereItWasAskedForIsLeftAloneEvenOnAnotherMachine) {
    BatchResponse response{.job_id = "b1"};
    response.output_ref = file_ref(root / "out.jsonl");
    response.error_ref = file_ref(root / "out.errors.jsonl");
    const BatchOutputs written = write_outputs(response, plan(root / "out.jsonl"), stores);
    EXPECT_EQ(written.output, (root / "out.jsonl").string());
    EXPECT_FALSE(fs::exists(root / "out.jsonl"));
}

TEST_F(BatchOutputsTest, WithoutResultsNoFileIsMadeNorNamed) {
    const BatchOutputs written = write_outputs({.job_id = "b1"}, plan(home / "out.jsonl"), stores);
    EXPECT_EQ(written.output, std::nullopt);
    EXPECT_EQ(written.errors, std::nullopt);
    EXPECT_FALSE(fs::exists(home / "out.jsonl"));
}

TEST_F(BatchOutputsTest, WhatCannotBeFetchedIsAFailureThatSaysHowToGetTheResults) {
    BatchResponse response{.job_id = "b1"};
    response.output_ref = file_ref(root / "data" / "gone.jsonl");
    const BatchOutputs outputs = plan(home / "out.jsonl");
    const auto error = thrown_by<CommandError>([&] { write_outputs(response, outputs, stores); });
    EXPECT_EQ(error.code(), ExitCode::kJobFailed);
    EXPECT_THAT(error.what(), HasSubstr("inference-worker result b1"));
    EXPECT_FALSE(fs::exists(home / "out.jsonl"));
}

}  // namespace
}  // namespace inference::cli
