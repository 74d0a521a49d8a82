#include "files/stores.hpp"

#include "cli/temp_folder.hpp"
#include "files/s3/bucket_roots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace inference {
namespace {

using cli::testing::TempFolder;
using ::testing::HasSubstr;

/// Nothing here asks the store.
BucketRoots buckets(std::vector<std::string> roots, std::string dir = "") {
    return BucketRoots(nullptr, std::move(roots), std::move(dir));
}

std::string message_of(const Result<std::string>& result) {
    return result ? "there is none" : result.error().message;
}

TEST(Stores, AReferenceToAFileGivesItsPathAndBack) {
    const TempFolder folder;
    const auto file = std::filesystem::canonical(folder.write("a b.jsonl", "x"));
    const Stores stores(FileRoots({folder.path()}, folder.path() / "jobs"));
    const std::string ref = file_ref(file);
    EXPECT_EQ(stores.existing(ref), file.string());
    EXPECT_EQ(stores.writable(ref), file.string());
    EXPECT_EQ(ref_of(file.string()), ref);
}

TEST(Stores, WithoutAnObjectStoreAnObjectIsRefusedWithWhatToConfigure) {
    const Stores stores(FileRoots({"/data"}, "/jobs"));
    for (const auto& refused : {stores.existing("s3://b/k"), stores.writable("s3://b/k")}) {
        EXPECT_THAT(message_of(refused), HasSubstr("s3://b/k"));
        EXPECT_THAT(message_of(refused), HasSubstr("roots: [s3://BUCKET/PREFIX]"));
        EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
    }
}

TEST(Stores, AJobKeepsItsFilesInTheFolderOrInTheBucketThatStandsInForIt) {
    const FileRoots folders({"/data"}, "/jobs");
    EXPECT_EQ(Stores(folders).job_file("a/b", "output.jsonl"), "/jobs/a%2Fb/output.jsonl");

    const auto roots = std::make_shared<const BucketRoots>(buckets({}, "s3://b/jobs/"));
    EXPECT_EQ(
        Stores(folders, roots, nullptr).job_file("a/b", "output.jsonl"),
        "s3://b/jobs/a%2Fb/output.jsonl"
    );
    const auto no_dir = std::make_shared<const BucketRoots>(buckets({"s3://b"}));
    EXPECT_EQ(Stores(folders, no_dir, nullptr).job_file("a", "o"), "/jobs/a/o");
}

TEST(BucketRoots, WhatLiesBelowARootMayBeNamed) {
    const BucketRoots roots = buckets({"s3://one", "s3://two/batches/"}, "s3://three/jobs");
    for (const char* const url :
         {"s3://one/k", "s3://one/a/b.jsonl", "s3://two/batches/k", "s3://three/jobs/j/output.jsonl"
         }) {
        EXPECT_EQ(roots.writable(url), url);
    }
}

TEST(BucketRoots, NothingElseMayAndTheRootsAreNamed) {
    const BucketRoots roots = buckets({"s3://one", "s3://two/batches"}, "s3://three/jobs");
    for (const char* const url :
         {"s3://ones/k", "s3://two/k", "s3://two/batches2/k", "s3://two/batches", "s3://three/k"}) {
        EXPECT_THAT(message_of(roots.writable(url)), HasSubstr("s3://two/batches")) << url;
        EXPECT_THAT(message_of(roots.writable(url)), HasSubstr("files.roots")) << url;
    }
}

TEST(BucketRoots, WhatIsNoNameOfAnObjectIsToldWhatItTakes) {
    const BucketRoots roots = buckets({"s3://one"});
    for (const char* const url :
         {"s3://one", "s3://one/", "s3:///k", "s3://one/a/../b", "s3://one/./b", "s3://one/a//b"}) {
        EXPECT_THAT(message_of(roots.writable(url)), HasSubstr("it takes s3://BUCKET/KEY")) << url;
    }
}

}  // namespace
}  // namespace inference
