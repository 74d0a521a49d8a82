#include "stages/prompt_template.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

TEST(PromptTemplate, PutsTheTextForEveryPlaceholder) {
    EXPECT_EQ(fill_template("Q: {prompt}\nA:", "Why?"), "Q: Why?\nA:");
    EXPECT_EQ(fill_template("{prompt}{prompt}", "ab"), "abab");
}

TEST(PromptTemplate, LeavesTheTextAloneIfItIsEmpty) {
    EXPECT_EQ(fill_template("", "Why?"), "Why?");
}

TEST(PromptTemplate, LeavesAllOtherBracesAlone) {
    EXPECT_EQ(
        fill_template(R"({"q": "{prompt}", "x": {other}})", "Why?"),
        R"({"q": "Why?", "x": {other}})"
    );
}

TEST(PromptTemplate, TakesAPlaceholderInTheTextForText) {
    EXPECT_EQ(fill_template("<{prompt}>", "a {prompt} b"), "<a {prompt} b>");
}

}  // namespace
}  // namespace inference
