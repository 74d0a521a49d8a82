#include "cli/batch_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace inference::cli {
namespace {

using testing::HasSubstr;

std::string item(const std::string& id) {
    return R"({"custom_id":")" + id + R"(","input":{"prompt":"Hello"}})";
}

BatchCheck checked(const std::vector<std::string>& lines, const std::string& model = "m") {
    BatchCheck check({.model = model});
    std::int64_t line_number = 0;
    for (const std::string& line : lines) {
        check.add(++line_number, line);
    }
    return check;
}

TEST(BatchCheck, GoodLinesHaveNoProblemsInEitherForm) {
    const auto check = checked(
        {item("a"),
         R"({"custom_id":"b","method":"POST","url":"/v1/chat/completions","body":{"messages":[]}})",
         item("c")}
    );
    EXPECT_EQ(check.items(), 3);
    EXPECT_EQ(check.invalid(), 0);
    EXPECT_EQ(problems_text(check, "in.jsonl"), "");
}

TEST(BatchCheck, EveryBadLineIsNamedWithItsNumberInTheFileAndItsField) {
    const auto check =
        checked({item("a"), item("c"), R"({"input":{"prompt":"x"}})", "{", "7", item("b")});
    EXPECT_EQ(check.items(), 6);
    EXPECT_EQ(check.invalid(), 3);
    const std::string text = problems_text(check, "in.jsonl");
    EXPECT_THAT(text, HasSubstr("in.jsonl:3: field 'custom_id' is missing"));
    EXPECT_THAT(text, HasSubstr("\nin.jsonl:4: the line is no JSON"));
    EXPECT_THAT(text, HasSubstr("\nin.jsonl:5: the line is a number"));
}

TEST(BatchCheck, ACustomIdThatCameBeforeIsAProblemOfTheLaterLine) {
    const auto check = checked({item("a"), item("b"), item("a")});
    EXPECT_EQ(check.invalid(), 1);
    EXPECT_THAT(problems_text(check, "f"), HasSubstr("f:3: field 'custom_id' is that of a line"));
}

TEST(BatchCheck, TheIdOfABadLineIsStillFree) {
    EXPECT_EQ(checked({R"({"custom_id":"a","url":"/v1/none","body":{}})", item("a")}).invalid(), 1);
}

TEST(BatchCheck, WithoutAModelOfTheBatchEveryLineNeedsOne) {
    EXPECT_EQ(checked({item("a")}, "").invalid(), 1);
    EXPECT_EQ(
        checked({R"({"custom_id":"a","model":"m","input":{"prompt":"x"}})"}, "").invalid(), 0
    );
}

TEST(BatchCheck, TheFirstFiftyAreShownAndTheRestCounted) {
    const auto fifty = checked(std::vector<std::string>(50, "no"));
    EXPECT_THAT(problems_text(fifty, "f"), testing::EndsWith("each line is one JSON object"));

    const auto more = checked(std::vector<std::string>(52, "no"));
    EXPECT_EQ(more.invalid(), 52);
    EXPECT_EQ(more.problems().size(), BatchCheck::kMostShown);
    EXPECT_THAT(problems_text(more, "f"), testing::EndsWith("\nand 2 more"));
    EXPECT_THAT(problems_text(more, "f"), testing::Not(HasSubstr("f:51:")));
}

}  // namespace
}  // namespace inference::cli
