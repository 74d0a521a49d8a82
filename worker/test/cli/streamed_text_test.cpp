#include "cli/streamed_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inference::cli {
namespace {

using Piece = StreamedText::Piece;

TEST(StreamedText, IsPrintedAsItGrows) {
    StreamedText text;
    EXPECT_FALSE(text.has_begun());
    EXPECT_EQ(text.grown_to("one"), (Piece{.text = "one"}));
    EXPECT_EQ(text.grown_to("one two"), (Piece{.text = " two"}));
    EXPECT_EQ(text.ends_as("one two three"), (Piece{.text = " three"}));
    EXPECT_TRUE(text.has_begun());
}

TEST(StreamedText, WaitsForANewTryToCatchUpWithWhatWasPrinted) {
    StreamedText text;
    text.grown_to("one two");
    EXPECT_EQ(text.grown_to("one"), Piece());
    EXPECT_EQ(text.grown_to("one two"), Piece());
    EXPECT_EQ(text.grown_to("one two three"), (Piece{.text = " three"}));
    EXPECT_EQ(text.ends_as("one two three"), Piece());
}

TEST(StreamedText, BeginsAnewWhereANewTrySaysSomethingElse) {
    StreamedText text;
    text.grown_to("one two");
    EXPECT_EQ(text.grown_to("one t"), Piece());
    EXPECT_EQ(text.grown_to("one thr"), (Piece{.begins_anew = true, .text = "one thr"}));
    EXPECT_EQ(text.ends_as("one three"), (Piece{.text = "ee"}));
}

TEST(StreamedText, BeginsAnewIfItEndsBeforeWhatWasPrinted) {
    StreamedText text;
    text.grown_to("one two");
    EXPECT_EQ(text.ends_as("one"), (Piece{.begins_anew = true, .text = "one"}));
}

TEST(StreamedText, OfAnAnswerWithoutTextIsEmpty) {
    StreamedText text;
    EXPECT_EQ(text.ends_as(""), Piece());
}

RC_GTEST_PROP(
    StreamedText,
    StandsThereOnceAndWholeWhateverTriesCameBefore,
    (const std::vector<std::pair<bool, std::string>>& steps, const std::string& whole)
) {
    StreamedText text;
    std::string paper;
    const auto print = [&paper](const Piece& piece) {
        paper = (piece.begins_anew ? "" : paper) + piece.text;
    };
    std::string grown;
    for (const auto& [is_new_try, more] : steps) {
        grown = (is_new_try ? "" : grown) + more;
        print(text.grown_to(grown));
    }
    print(text.ends_as(whole));
    RC_ASSERT(paper == whole);
}

}  // namespace
}  // namespace inference::cli
