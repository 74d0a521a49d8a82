#include "cli/items_left.hpp"

#include "cli/command_error.hpp"
#include "cli/temp_folder.hpp"
#include "contracts/batch_line_id.hpp"
#include "stages/batch_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace inference::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using testing::TempFolder;
using testing::thrown_by;

std::string item(const std::string& custom_id) {
    return R"({"custom_id":")" + custom_id + R"(","input":{"prompt":"x"},"model":"m"})";
}

std::string result_of(std::int64_t place) {
    return result_line(batch_line_id("b1", place), std::to_string(place), "r", json::object());
}

std::string error_of(std::int64_t place) {
    return error_line(batch_line_id("b1", place), std::to_string(place), Error{.message = "no"});
}

class ItemsLeftTest : public ::testing::Test {
protected:
    /// A batch of a file, with these results in another.
    FinishedBatch of_files(
        const std::string& lines, const std::vector<std::int64_t>& done, std::int64_t total
    ) const {
        std::string output;
        for (const std::int64_t place : done) {
            output += result_of(place) + "\n";
        }
        FinishedBatch batch;
        batch.request.items_ref = file_ref(fs::canonical(folder.write("in.jsonl", lines)));
        batch.response = {.job_id = "b1", .counts = {.total = total}};
        batch.response.output_ref = file_ref(fs::canonical(folder.write("out.jsonl", output)));
        return batch;
    }
    static std::string written(const ItemsLeft& left) {
        std::string text;
        left.write([&text](std::string_view bytes) { text += bytes; });
        return text;
    }
    std::string refusal(const FinishedBatch& batch) const {
        const auto error = thrown_by<CommandError>([&] { const ItemsLeft left(batch, stores); });
        EXPECT_EQ(error.code(), ExitCode::kUsage);
        return error.what();
    }

    TempFolder folder;
    Stores stores{FileRoots({fs::canonical(folder.path())}, folder.path() / "data")};
};

TEST_F(ItemsLeftTest, AreThoseOfTheFileThatHaveNoResultInTheirOrder) {
    const std::string lines =
        item("a") + "\n\n" + item("b") + "\r\n" + item("c") + "\n" + item("d");
    const FinishedBatch batch = of_files(lines, {2, 0}, 4);
    const ItemsLeft left(batch, stores);
    EXPECT_EQ(left.count(), 2);
    EXPECT_EQ(left.invalid(), 0);
    EXPECT_EQ(written(left), item("b") + "\n" + item("d") + "\n");
}

TEST_F(ItemsLeftTest, WhatIsNoItemStaysOutAlsoWhereItsIdIsThatOfAnItemThatSucceeded) {
    const std::string lines = item("a") + "\n{no json\n" + item("a") + "\n" + item("c") + "\n";
    const FinishedBatch batch = of_files(lines, {0}, 4);
    const ItemsLeft left(batch, stores);
    EXPECT_EQ(left.count(), 1);
    EXPECT_EQ(left.invalid(), 2);
    EXPECT_EQ(written(left), item("c") + "\n");
}

TEST_F(ItemsLeftTest, OfInlineItemsAndResultsAreToldByTheirPlacesToo) {
    FinishedBatch batch;
    batch.request.items =
        json::array({json::parse(item("a")), json::parse(item("b")), json::parse(item("c"))});
    batch.response = {.job_id = "b1", .counts = {.total = 3}};
    batch.response.results = json::array({json::parse(result_of(0)), json::parse(error_of(1))});
    const ItemsLeft left(batch, stores);
    EXPECT_EQ(left.count(), 2) << "the one that failed and the one that was never done";
    EXPECT_THAT(written(left), HasSubstr(R"("custom_id":"c")"));
}

TEST_F(ItemsLeftTest, ThereAreNoneWhereAllSucceeded) {
    const FinishedBatch batch = of_files(item("a"), {0}, 1);
    EXPECT_EQ(ItemsLeft(batch, stores).count(), 0);
}

TEST_F(ItemsLeftTest, AFileThatIsNoLongerTheOneTheBatchReadIsRefused) {
    EXPECT_THAT(refusal(of_files(item("a"), {0}, 2)), HasSubstr("1 items, and batch 'b1' read 2"));
}

TEST_F(ItemsLeftTest, AFileThatCannotBeReadFromHereIsNamed) {
    FinishedBatch batch = of_files(item("a"), {}, 1);
    batch.request.items_ref = "file:///nowhere/in.jsonl";
    EXPECT_THAT(refusal(batch), HasSubstr("/nowhere/in.jsonl"));
    EXPECT_THAT(refusal(batch), HasSubstr("--config"));
    batch = of_files(item("a"), {}, 1);
    fs::remove(folder.path() / "out.jsonl");
    EXPECT_THAT(refusal(batch), HasSubstr("out.jsonl"));
}

}  // namespace
}  // namespace inference::cli
