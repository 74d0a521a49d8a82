#include "contracts/summary_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace inference {
namespace {

TEST(SummaryLine, AShortLineStaysAsItIs) {
    EXPECT_EQ(summary_line("infer, try 2 of llama-3-8b"), "infer, try 2 of llama-3-8b");
    EXPECT_EQ(summary_line(std::string(300, 'x')), std::string(300, 'x'));
}

TEST(SummaryLine, ALongOneIsCutBetweenTwoCharacters) {
    EXPECT_EQ(summary_line(std::string(301, 'x')), std::string(297, 'x') + "...");
    // Two bytes each, so that the cut would go through one.
    std::string umlauts;
    for (int i = 0; i < 200; ++i) {
        umlauts += "ä";
    }
    const std::string cut = summary_line(umlauts);
    EXPECT_EQ(cut.size(), 299U);
    EXPECT_EQ(cut.substr(294), "ä...");
}

TEST(SummaryLine, ControlCharactersAreSpaces) {
    EXPECT_EQ(summary_line("a\nb\x1b[0m\x7f"), "a b [0m ");
}

}  // namespace
}  // namespace inference
