#include "text_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace engine_sim {
namespace {

TEST(TextModel, WordsAreWhatWhiteSpaceSeparates) {
    EXPECT_EQ(split_words("  the\tcat \n sat "), (Words{"the", "cat", "sat"}));
    EXPECT_EQ(split_words(" \n"), Words{});
}

TEST(TextModel, SaysThePromptBackwards) {
    const Continuation answer = continue_prompt({"the", "cat", "sat"}, {.max_tokens = 10});

    EXPECT_EQ(answer.text, "sat cat the");
    EXPECT_EQ(answer.tokens, 3U);
    EXPECT_FALSE(answer.cut);
}

TEST(TextModel, IsCutByTheLimitOnTokens) {
    const Continuation answer = continue_prompt({"the", "cat", "sat"}, {.max_tokens = 2});

    EXPECT_EQ(answer.text, "sat cat");
    EXPECT_EQ(answer.tokens, 2U);
    EXPECT_TRUE(answer.cut);
}

TEST(TextModel, RepeatsItselfUntilTheLimitIfItMayNotEnd) {
    const Continuation answer = continue_prompt({"a", "b"}, {.max_tokens = 5, .ignore_eos = true});

    EXPECT_EQ(answer.text, "b a b a b");
    EXPECT_TRUE(answer.cut);
}

TEST(TextModel, RepeatsItselfUntilTheLeastNumberOfTokens) {
    const Continuation answer = continue_prompt({"a", "b"}, {.max_tokens = 16, .min_tokens = 3});

    EXPECT_EQ(answer.text, "b a b");
    EXPECT_FALSE(answer.cut);
}

TEST(TextModel, EmbeddingsAreUnitVectorsThatGrowApartWithTheWords) {
    const auto dot = [](const std::vector<float>& a, const std::vector<float>& b) {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            sum += a[i] * b[i];
        }
        return sum;
    };
    const auto cat = embed({"the", "cat", "sat"}, 64);

    EXPECT_NEAR(dot(cat, cat), 1.0, 1e-6);
    EXPECT_EQ(cat, embed({"sat", "the", "cat"}, 64));
    EXPECT_GT(
        dot(cat, embed({"the", "cat", "ran"}, 64)), dot(cat, embed({"no", "such", "words"}, 64))
    );
}

TEST(TextModel, NoWordsAreTheZeroVector) {
    EXPECT_EQ(embed({}, 3), (std::vector<float>{0, 0, 0}));
}

}  // namespace
}  // namespace engine_sim
