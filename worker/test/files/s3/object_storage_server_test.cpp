// What a batch keeps in an object store, against a real one.
#include "cli/free_port.hpp"
#include "cli/temp_folder.hpp"
#include "contracts/batch_line_id.hpp"
#include "files/line_reader.hpp"
#include "files/s3/object_storage.hpp"
#include "files/s3/s3_server.hpp"
#include "files/s3/segment_log.hpp"
#include "files/storage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using cli::testing::TempFolder;
using cli::testing::thrown_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::options_for;
using testing::S3Server;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string line(std::int64_t item, const std::string& text = "x") {
    return R"({"id":")" + batch_line_id("job", item) + R"(","custom_id":")" + text + R"("})";
}

class ObjectStorageServer : public ::testing::Test {
protected:
    ObjectStorageServer()
        : port_(cli::free_port(0)),
          server_(port_),
          client_(std::make_shared<const S3Client>(
              options_for("http://127.0.0.1:" + std::to_string(port_), 10s)
          )),
          storage_(client_, folder_.path()) {}

    std::vector<std::string> keys(const std::string& prefix = "") {
        std::vector<std::string> keys;
        client_->list(
            {.bucket = "data", .key = prefix},
            [&](const ObjectName& name, std::uint64_t) { keys.push_back(name.key); }
        );
        return keys;
    }
    std::map<std::int64_t, std::string> logged(std::int64_t chunk, const std::string& file) {
        std::map<std::int64_t, std::string> lines;
        storage_.read_log(file, chunk, 0, [&](std::int64_t item, std::string_view text) {
            lines.emplace(item, text);
        });
        return lines;
    }
    std::vector<std::string> lines_of(const std::string& name) {
        const auto source = storage_.open(name);
        LineReader reader(*source);
        std::vector<std::string> lines;
        while (const auto found = reader.next()) {
            lines.emplace_back(found->text);
        }
        return lines;
    }
    void write(const std::string& file, std::int64_t chunk, const std::vector<std::string>& lines) {
        const auto log = storage_.log(file, chunk);
        for (const std::string& text : lines) {
            log->append(text);
        }
        log->finish();
    }

    const std::string output_ = "s3://data/out.jsonl";
    const std::string errors_ = "s3://data/out.errors.jsonl";
    const TempFolder folder_;
    std::uint16_t port_;
    S3Server server_;
    std::shared_ptr<const S3Client> client_;
    ObjectStorage storage_;
};

TEST_F(ObjectStorageServer, WhatIsCommittedIsThereForEverybodyAndWhatIsNotIsNot) {
    const auto log = storage_.log(output_, 0);
    log->append(line(0));
    log->append(line(1));
    EXPECT_THAT(logged(0, output_), IsEmpty());
    log->commit();
    EXPECT_THAT(logged(0, output_), SizeIs(2));
    log->append(line(2));
    log->commit();
    EXPECT_THAT(logged(0, output_), SizeIs(3));
}

TEST_F(ObjectStorageServer, AChunkSeesItsOwnLinesAlone) {
    write(output_, 0, {line(0)});
    write(output_, 1000, {line(1000)});
    write(errors_, 0, {line(1)});
    EXPECT_THAT(logged(0, output_), ElementsAre(::testing::Pair(0, line(0))));
    EXPECT_THAT(logged(1000, output_), ElementsAre(::testing::Pair(1000, line(1000))));
}

TEST_F(ObjectStorageServer, ManySmallCommitsAreOneObjectInTheEnd) {
    const auto log = storage_.log(output_, 0);
    for (std::int64_t item = 0; item < 20; ++item) {
        log->append(line(item));
        log->commit();
    }
    EXPECT_THAT(keys("out.jsonl.partial/"), SizeIs(20));
    log->finish();
    EXPECT_THAT(keys("out.jsonl.partial/"), SizeIs(1));
    EXPECT_THAT(logged(0, output_), SizeIs(20));
}

TEST_F(ObjectStorageServer, MoreThanIsKeptInMemoryIsPutTogetherOnTheWay) {
    const auto log = storage_.log(output_, 0);
    const std::string long_text(1'500'000, 'y');
    for (std::int64_t item = 0; item < 4; ++item) {
        log->append(line(item, long_text));
        log->commit();
    }
    // Three were put together when they passed 4 MiB.
    EXPECT_THAT(keys("out.jsonl.partial/"), SizeIs(2));
    EXPECT_THAT(logged(0, output_), SizeIs(4));
}

TEST_F(ObjectStorageServer, TwoWritersOfOneChunkDoNotOverwriteEachOther) {
    write(output_, 0, {line(0, "one")});
    write(output_, 0, {line(1, "other")});
    EXPECT_THAT(logged(0, output_), SizeIs(2));
}

TEST_F(ObjectStorageServer, AnOutputIsClaimedByOneJobAndAgainByTheSame) {
    EXPECT_TRUE(storage_.claim(output_, "one"));
    EXPECT_TRUE(storage_.claim(output_, "one"));
    const auto refused = storage_.claim(output_, "two");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("batch 'one'"));
    EXPECT_THAT(refused.error().message, HasSubstr("delete s3://data/out.jsonl.lock"));
    storage_.clear(output_, errors_);
    EXPECT_TRUE(storage_.claim(output_, "two"));
}

TEST_F(ObjectStorageServer, TheFilesHoldEachItemOnceInOrderAndTheRestGoes) {
    ASSERT_TRUE(storage_.claim(output_, "job"));
    write(output_, 2, {line(3), line(2)});
    write(output_, 0, {line(0)});
    write(output_, 0, {line(0)});  // A worker that was taken for dead.
    write(errors_, 0, {line(1), line(0)});  // A result counts before an error.
    write(errors_, kRefusals, {line(4)});
    const Assembled assembled = storage_.assemble(output_, errors_, 5);
    EXPECT_EQ(assembled.succeeded, 3);
    EXPECT_EQ(assembled.failed, 2);
    EXPECT_THAT(lines_of(output_), ElementsAre(line(0), line(2), line(3)));
    EXPECT_THAT(lines_of(errors_), ElementsAre(line(1), line(4)));
    storage_.clear(output_, errors_);
    EXPECT_THAT(keys(), UnorderedElementsAre("out.jsonl", "out.errors.jsonl"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(ObjectStorageServer, DoneASecondTimeItSaysTheSameAlsoAfterAClearThatBrokeOff) {
    ASSERT_TRUE(storage_.claim(output_, "job"));
    write(output_, 0, {line(0), line(1)});
    const Assembled assembled = storage_.assemble(output_, errors_, 2);
    // As far as it came.
    for (const std::string& key : keys("out.jsonl.partial/")) {
        client_->remove({.bucket = "data", .key = key});
    }
    EXPECT_EQ(storage_.assemble(output_, errors_, 2), assembled);
    storage_.clear(output_, errors_);
    EXPECT_EQ(storage_.assemble(output_, errors_, 2), assembled);
    EXPECT_THAT(lines_of(output_), SizeIs(2));
}

TEST_F(ObjectStorageServer, AnOutputOfAnEarlierBatchIsReplaced) {
    ASSERT_TRUE(storage_.claim(output_, "job"));
    write(output_, 0, {line(0), line(1)});
    (void)storage_.assemble(output_, errors_, 2);
    storage_.clear(output_, errors_);

    ASSERT_TRUE(storage_.claim(output_, "job"));
    write(output_, 0, {line(0, "new")});
    EXPECT_EQ(storage_.assemble(output_, errors_, 1).succeeded, 1);
    EXPECT_THAT(lines_of(output_), ElementsAre(line(0, "new")));
}

TEST_F(ObjectStorageServer, AnObjectThatIsNotThereIsNamed) {
    const auto error = thrown_by<StorageError>([&] { (void)storage_.open("s3://data/absent"); });
    EXPECT_THAT(error.what(), HasSubstr("s3://data/absent"));
    storage_.remove("s3://data/absent");
}

}  // namespace
}  // namespace inference
