#include "contracts/describe.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace inference {
namespace {

using nlohmann::json;

TEST(Describe, NamesTheKindOfValueAndNeverTheValue) {
    EXPECT_EQ(describe(json()), "null");
    EXPECT_EQ(describe(json::object({{"secret", 1}})), "an object");
    EXPECT_EQ(describe(json::array()), "an empty list");
    EXPECT_EQ(describe(json::array({"secret"})), "a list");
    EXPECT_EQ(describe(json("secret")), "a string");
    EXPECT_EQ(describe(json(true)), "a boolean");
    EXPECT_EQ(describe(json(12)), "a number");
    EXPECT_EQ(describe(json(12U)), "a number");
    EXPECT_EQ(describe(json(-12)), "a negative number");
    EXPECT_EQ(describe(json(1.5)), "a floating-point number");
    EXPECT_EQ(describe(json::binary({1})), "binary data");
}

TEST(Shown, QuotesWhatLooksLikeAName) {
    EXPECT_EQ(shown("urgent"), "'urgent'");
    EXPECT_EQ(shown("meta-llama/Llama-3_8B:v1.0"), "'meta-llama/Llama-3_8B:v1.0'");
    EXPECT_EQ(shown(std::string(64, 'x')), "'" + std::string(64, 'x') + "'");
}

TEST(Shown, TellsOnlyTheLengthOfWhatMayBeAPrompt) {
    EXPECT_EQ(shown("Tell me a story"), "a string of 15 bytes");
    EXPECT_EQ(shown("line\nbreak"), "a string of 10 bytes");
    EXPECT_EQ(shown(std::string(65, 'x')), "a string of 65 bytes");
    EXPECT_EQ(shown("\xc3\xa9t\xc3\xa9"), "a string of 5 bytes");
    EXPECT_EQ(shown(""), "a string of 0 bytes");
}

}  // namespace
}  // namespace inference
