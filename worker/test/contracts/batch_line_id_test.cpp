#include "contracts/batch_line_id.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace inference {
namespace {

std::string line_with(const std::string& id) {
    return R"({"id":")" + id + R"(","error":null})";
}

TEST(BatchLineId, IsTheBatchsPartAndThenThePlaceOfTheItem) {
    const std::string id = batch_line_id("batch-1", 42);
    EXPECT_EQ(id, "batch_req_" + id.substr(10, 16) + "_000000042");
    EXPECT_EQ(id.substr(10, 16).find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(batch_line_id("batch-1", 0).substr(26), "_000000000");
    EXPECT_EQ(batch_line_id("batch-1", 999'999'999).substr(26), "_999999999");
}

TEST(BatchLineId, IsTheSameEverywhere) {
    // FNV-1a's offset basis, and its published value of "a".
    EXPECT_EQ(batch_line_id("", 7), "batch_req_cbf29ce484222325_000000007");
    EXPECT_EQ(batch_line_id("a", 7), "batch_req_af63dc4c8601ec8c_000000007");
}

TEST(BatchLineId, OfAnotherBatchOrItemIsAnother) {
    EXPECT_NE(batch_line_id("batch-1", 1), batch_line_id("batch-2", 1));
    EXPECT_NE(batch_line_id("batch-1", 1), batch_line_id("batch-1", 2));
}

TEST(ItemOfLine, IsThePlaceInItsId) {
    for (const std::int64_t item : {0, 1, 42, 999'999'999}) {
        EXPECT_EQ(item_of_line(line_with(batch_line_id("batch-1", item))), item);
    }
    EXPECT_EQ(item_of_line(R"({"id":"batch_req_9c2f61d0a8b43e17_000000042"})"), 42);
}

TEST(ItemOfLine, OfALineThatIsCutOffIsNone) {
    const std::string line = line_with(batch_line_id("batch-1", 42));
    for (std::size_t size = 0; size < line.size(); ++size) {
        EXPECT_EQ(item_of_line(line.substr(0, size)), std::nullopt) << line.substr(0, size);
    }
    EXPECT_EQ(item_of_line(R"({"id":"batch_req_9c2f61d0a8b43e17_000000042})"), std::nullopt);
}

TEST(ItemOfLine, OfALineThatIsNoneOfOursIsNone) {
    for (const char* const line : {
             "",
             "}",
             "{}",
             "hello",
             R"({"custom_id":"a"})",
             R"({"id":"batch_req_"})",
             R"({"id":"chatcmpl-9c2f61d0a8b43e17_000000042"})",
             R"({ "id":"batch_req_9c2f61d0a8b43e17_000000042"})",
             R"( {"id":"batch_req_9c2f61d0a8b43e17_000000042"})",
             R"({"id":"batch_req_9c2f61d0a8b43e17_00000004x"})",
             R"({"id":"batch_req_9c2f61d0a8b43e17_-00000042"})",
             R"({"id":"batch_req_9c2f61d0a8b43e17_+00000042"})",
             R"({"id":"batch_req_9c2f61d0a8b43e17_        2"})",
             R"({"id":"batch_req_9c2f61d0a8b43e17_00000042"})",
             R"({"id":"batch_req_9c2f61d0a8b43e17_0000000042"})",
         }) {
        EXPECT_EQ(item_of_line(line), std::nullopt) << line;
    }
}

TEST(ItemOfLine, TakesAnyBytesInTheRest) {
    const std::string begin = R"({"id":"batch_req_9c2f61d0a8b43e17_000000042","x":)";
    EXPECT_EQ(item_of_line(begin + std::string("\0\xFF\"", 3) + "}"), 42);
}

TEST(ItemOfLine, ALineWithinWhichAnotherBeginsIsNone) {
    const std::string whole = R"({"id":")" + batch_line_id("job", 7) + R"(","custom_id":"a"})";
    ASSERT_EQ(item_of_line(whole), 7);

    EXPECT_EQ(item_of_line(whole.substr(0, whole.size() - 2) + whole), std::nullopt);
}

TEST(ItemOfLine, AnAnswerThatHoldsOurIdIsNoOtherLine) {
    const std::string id = batch_line_id("job", 7);

    EXPECT_EQ(
        item_of_line(
            R"({"id":")" + id + R"(","custom_id":"a","body":{"id":")" + id + R"(","outputs":[]}})"
        ),
        7
    );
}

}  // namespace
}  // namespace inference
