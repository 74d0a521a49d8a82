#include "contracts/token_usage.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace inference {
namespace {

using nlohmann::json;

TEST(TokenUsage, HasAllThreeCountsAlways) {
    EXPECT_EQ(
        json(TokenUsage{}).dump(), R"({"completion_tokens":0,"prompt_tokens":0,"total_tokens":0})"
    );
    const TokenUsage usage{.prompt_tokens = 5, .completion_tokens = 7, .total_tokens = 12};
    EXPECT_EQ(json(usage).get<TokenUsage>(), usage);
    EXPECT_EQ(json::object().get<TokenUsage>(), TokenUsage{});
}

}  // namespace
}  // namespace inference
