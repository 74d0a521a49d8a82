#include "cli/batch_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace inference::cli {
namespace {

using nlohmann::json;

BatchResponse response() {
    return {
        .job_id = "b1",
        .status = JobState::kCompletedWithErrors,
        .counts = {.total = 100, .succeeded = 98, .failed = 2}
    };
}

BatchResponse with_lines() {
    BatchResponse inline_response = response();
    inline_response.results = {
        {{"custom_id", "a"}, {"response", {{"status_code", 200}}}, {"error", nullptr}},
        {{"custom_id", "b"}, {"response", nullptr}, {"error", {{"code", "VALIDATION"}}}}
    };
    return inline_response;
}

std::string printed(const BatchOutputs& outputs) {
    std::ostringstream out;
    print_result_lines(with_lines(), outputs, out);
    return out.str();
}

constexpr char kGood[] =
    "{\"custom_id\":\"a\",\"error\":null,\"response\":{\"status_code\":200}}\n";
constexpr char kBad[] =
    "{\"custom_id\":\"b\",\"error\":{\"code\":\"VALIDATION\"},\"response\":null}\n";

TEST(BatchSummary, HasTheStateTheCountsAndTheFilesOfTheWorker) {
    BatchResponse worker = response();
    EXPECT_EQ(
        batch_summary(worker, {}), "completed_with_errors: 100 items, 98 succeeded, 2 failed"
    );
    worker.output_ref = "file:///data/out.jsonl";
    worker.error_ref = "file:///data/a%20b.jsonl";
    EXPECT_EQ(
        batch_summary(worker, {}),
        "completed_with_errors: 100 items, 98 succeeded, 2 failed; output: /data/out.jsonl; "
        "errors: file:///data/a%20b.jsonl"
    );
}

TEST(BatchSummary, NamesTheFilesThatWereAskedForBeforeThoseOfTheWorker) {
    BatchResponse worker = response();
    worker.output_ref = "file:///data/out.jsonl";
    EXPECT_EQ(
        batch_summary(worker, {.output = "/home/o.jsonl", .errors = "/home/e.jsonl"}),
        "completed_with_errors: 100 items, 98 succeeded, 2 failed; output: /home/o.jsonl; errors: "
        "/home/e.jsonl"
    );
}

TEST(BatchSummary, SaysHowManyWereCancelledWhereAnyWere) {
    EXPECT_EQ(
        batch_summary({.status = JobState::kCanceled, .counts = {.total = 1, .canceled = 1}}, {}),
        "canceled: 1 item, 0 succeeded, 0 failed, 1 cancelled"
    );
}

TEST(ResultLines, OfAnInlineResultAreJsonlInTheirOrder) {
    EXPECT_EQ(printed({}), std::string(kGood) + kBad);
}

TEST(ResultLines, ThoseThatFailedAreLeftOutWhereTheyHaveAFileAndAllWhereThereIsAnOutput) {
    EXPECT_EQ(printed({.errors = "/e"}), kGood);
    EXPECT_EQ(printed({.output = "/o", .errors = "/e"}), "");
}

TEST(ResultLines, AreSaidToBeTheResultOnlyWhereTheyAre) {
    std::ostringstream out;
    EXPECT_TRUE(print_result_lines(with_lines(), {}, out));
    EXPECT_FALSE(print_result_lines(with_lines(), {.output = "/o"}, out));
    EXPECT_FALSE(print_result_lines(response(), {}, out));
}

TEST(BatchResponseIn, IsWhatHasCountsAndNothingElse) {
    EXPECT_EQ(batch_response_in(json(with_lines())), with_lines());
    EXPECT_EQ(batch_response_in({{"content", "Hello"}}), std::nullopt);
    EXPECT_EQ(batch_response_in({{"counts", 7}}), std::nullopt);
    EXPECT_EQ(batch_response_in(nullptr), std::nullopt);
}

}  // namespace
}  // namespace inference::cli
