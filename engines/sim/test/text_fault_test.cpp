#include "text_fault.hpp"

#include <gtest/gtest.h>

namespace engine_sim {
namespace {

TextCall two_answers() {
    TextCall call;
    call.answers = {{.text = "c b a", .tokens = 3}, {.text = "d", .tokens = 1}};
    return call;
}

TEST(TextFault, CutsAnswersAndSaysSo) {
    TextCall call = two_answers();

    apply({.tokens = 2}, call);

    EXPECT_EQ(call.answers[0].text, "c b");
    EXPECT_EQ(call.answers[0].tokens, 2U);
    EXPECT_TRUE(call.answers[0].cut);
    EXPECT_FALSE(call.answers[1].cut);
}

TEST(TextFault, MayChangeOneChoiceOnly) {
    TextCall call = two_answers();

    apply({.finish_reason = "abort", .choice = 1}, call);

    EXPECT_FALSE(call.answers[0].finish_reason);
    EXPECT_EQ(call.answers[1].finish_reason, "abort");
}

TEST(TextFault, RemovesWhatAPointerPointsAt) {
    EXPECT_EQ(without(R"({"a":1,"b":[{"c":2,"d":3}]})", {"/b/0/c"}), R"({"a":1,"b":[{"d":3}]})");
    EXPECT_EQ(without(R"({"b":[1,2]})", {"/b/0", "/x"}), R"({"b":[2]})");
    EXPECT_EQ(without("no json", {"/a"}), "no json");
}

}  // namespace
}  // namespace engine_sim
