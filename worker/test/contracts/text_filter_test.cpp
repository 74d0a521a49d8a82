#include "contracts/text_filter.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace inference {
namespace {

TEST(TextFilter, HasItsName) {
    EXPECT_EQ(to_string(TextFilter::kStripWhitespace), "strip_whitespace");
    EXPECT_EQ(text_filter_from("strip_reasoning"), TextFilter::kStripReasoning);
    EXPECT_EQ(text_filter_from("strip"), std::nullopt);
    EXPECT_EQ(text_filter_names(), "strip_whitespace, strip_reasoning");
    EXPECT_EQ(nlohmann::json(TextFilter::kStripReasoning), "strip_reasoning");
}

TEST(TextFilter, StripsWhitespaceAtBothEndsOnly) {
    EXPECT_EQ(apply(TextFilter::kStripWhitespace, " \n a b\t\n"), "a b");
    EXPECT_EQ(apply(TextFilter::kStripWhitespace, "a"), "a");
    EXPECT_EQ(apply(TextFilter::kStripWhitespace, " \n "), "");
    EXPECT_EQ(apply(TextFilter::kStripWhitespace, ""), "");
}

TEST(TextFilter, StripsReasoningWhereverItStands) {
    EXPECT_EQ(apply(TextFilter::kStripReasoning, "<think>hm</think>42"), "42");
    EXPECT_EQ(apply(TextFilter::kStripReasoning, "a<think>1</think>b<think>2</think>c"), "abc");
    EXPECT_EQ(apply(TextFilter::kStripReasoning, "no reasoning</think>"), "no reasoning</think>");
    EXPECT_EQ(apply(TextFilter::kStripReasoning, ""), "");
}

TEST(TextFilter, StripsReasoningThatWasCutOffWithTheRest) {
    EXPECT_EQ(apply(TextFilter::kStripReasoning, "a<think>and then"), "a");
}

}  // namespace
}  // namespace inference
