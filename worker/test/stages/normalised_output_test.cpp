#include "stages/normalised_output.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/text_filter.hpp"
#include "contracts/token_usage.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <vector>

namespace inference {
namespace {

using nlohmann::json;

NormalisedOutput normalised(
    const ReplyShape& shape, const char* body, const std::vector<TextFilter>& filters = {}
) {
    return normalise_output(json::parse(body), shape, filters);
}

TEST(NormalisedOutput, OfOneChatAnswerIsItsContent) {
    const auto output = normalised(
        {Task::kChat, 1, false},
        R"({"choices":[{"index":0,"message":{"role":"assistant","content":"Hello","tool_calls":[],"refusal":null},
            "logprobs":null,"finish_reason":"stop","stop_reason":null}]})"
    );

    EXPECT_EQ(output.output, (json{{"content", "Hello"}}));
    EXPECT_EQ(output.content, "Hello");
    EXPECT_EQ(output.finish_reason, "stop");
    EXPECT_FALSE(output.truncated);
}

TEST(NormalisedOutput, KeepsWhatElseTheEngineGaveBesideAText) {
    const auto output = normalised(
        {Task::kChat, 1, false},
        R"({"choices":[{"message":{"content":null,"tool_calls":[{"id":"1"}],"reasoning_content":"hm"},
            "logprobs":{"content":[]},"finish_reason":"tool_calls"}]})"
    );

    EXPECT_EQ(
        output.output,
        json::parse(
            R"({"content":"","tool_calls":[{"id":"1"}],"reasoning_content":"hm","logprobs":{"content":[]}})"
        )
    );
    EXPECT_EQ(output.content, "");
    EXPECT_EQ(output.finish_reason, "tool_calls");
}

TEST(NormalisedOutput, OfACompletionIsItsText) {
    const auto output = normalised(
        {Task::kCompletion, 1, false}, R"({"choices":[{"text":" cut o","finish_reason":"length"}]})"
    );

    EXPECT_EQ(output.output, (json{{"content", " cut o"}}));
    EXPECT_EQ(output.finish_reason, "length");
    EXPECT_TRUE(output.truncated);
}

TEST(NormalisedOutput, OfSeveralIsAListInTheOrderOfTheRequest) {
    const auto output = normalised(
        {Task::kCompletion, 2, true},
        R"({"choices":[{"index":1,"text":"b","finish_reason":"length"},{"index":0,"text":"a","finish_reason":"stop"}]})"
    );

    EXPECT_EQ(output.output, json::parse(R"({"choices":[
        {"index":0,"content":"a","finish_reason":"stop","truncated":false},
        {"index":1,"content":"b","finish_reason":"length","truncated":true}]})"));
    EXPECT_EQ(output.content, "a");
    EXPECT_EQ(output.finish_reason, "length") << "one of them was cut off";
    EXPECT_TRUE(output.truncated);
}

TEST(NormalisedOutput, OfAListOfOneIsAListToo) {
    const auto output = normalised(
        {Task::kCompletion, 1, true},
        R"({"choices":[{"index":0,"text":"a","finish_reason":"stop"}]})"
    );
    EXPECT_EQ(output.output["choices"].size(), 1U);
}

TEST(NormalisedOutput, HasTheFiltersAppliedInTheirOrder) {
    const auto output = normalised(
        {Task::kCompletion, 1, false},
        R"({"choices":[{"text":"<think> hm </think> 42 ","finish_reason":"stop"}]})",
        {TextFilter::kStripReasoning, TextFilter::kStripWhitespace}
    );

    EXPECT_EQ(output.content, "42");
    EXPECT_EQ(output.output["content"], "42");
}

TEST(NormalisedOutput, OfListsOfTextsIsInTheOrderOfTheTexts) {
    EXPECT_EQ(
        normalised(
            {Task::kEmbed, 2, true},
            R"({"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]})"
        )
            .output,
        json::parse(R"({"embeddings":[[1],[2]]})")
    );
    EXPECT_EQ(
        normalised({Task::kEmbed, 1, true}, R"({"data":[{"embedding":"AAAA"}]})").output,
        json::parse(R"({"embeddings":["AAAA"]})")
    );
    EXPECT_EQ(
        normalised(
            {Task::kScore, 2, true}, R"({"data":[{"index":1,"score":0.2},{"index":0,"score":0.1}]})"
        )
            .output,
        json::parse(R"({"scores":[0.1,0.2]})")
    );
    EXPECT_EQ(
        normalised(
            {Task::kClassify, 2, true},
            R"({"data":[{"index":1,"label":"b","probs":[0.2]},{"index":0,"label":"a","probs":[0.1]}]})"
        )
            .output,
        json::parse(
            R"({"data":[{"index":0,"label":"a","probs":[0.1]},{"index":1,"label":"b","probs":[0.2]}]})"
        )
    );
    EXPECT_EQ(
        normalised({Task::kPooling, 1, true}, R"({"data":[{"index":0,"data":[[1,2]]}]})").output,
        json::parse(R"({"data":[{"index":0,"data":[[1,2]]}]})")
    );
}

TEST(NormalisedOutput, OfARerankKeepsTheOrderOfRelevance) {
    const auto output = normalised(
        {Task::kRerank, 2, true},
        R"({"results":[{"index":1,"relevance_score":0.9,"document":{"text":"b"}},{"index":0,"relevance_score":0.1}]})"
    );
    EXPECT_EQ(
        output.output,
        json::parse(
            R"({"results":[{"index":1,"relevance_score":0.9,"document":{"text":"b"}},{"index":0,"relevance_score":0.1}]})"
        )
    );
    EXPECT_EQ(output.content, std::nullopt);
    EXPECT_EQ(output.finish_reason, std::nullopt);
}

TEST(NormalisedOutput, OfTensorsHasOnlyWhatTheProtocolKnows) {
    const auto output = normalised(
        {Task::kTensors, 0, true},
        R"({"model_name":"digits","outputs":[{"name":"y","datatype":"INT64","shape":[2],"data":[7,3],"parameters":{"a":1}}]})"
    );
    EXPECT_EQ(
        output.output,
        json::parse(R"({"outputs":[{"name":"y","datatype":"INT64","shape":[2],"data":[7,3]}]})")
    );
    EXPECT_EQ(output.content, std::nullopt);
}

TEST(Usage, IsWhatTheEngineCounted) {
    EXPECT_EQ(
        usage_of(json::parse(
            R"({"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,"details":{}}})"
        )),
        (TokenUsage{5, 7, 12})
    );
    EXPECT_EQ(
        usage_of(json::parse(R"({"usage":{"prompt_tokens":5,"completion_tokens":7}})")),
        (TokenUsage{5, 7, 12})
    );
    EXPECT_EQ(usage_of(json::parse(R"({"usage":{"total_tokens":9}})")), (TokenUsage{0, 0, 9}));
}

TEST(Usage, IsZeroWhereTheEngineCountedNothing) {
    for (const auto* body :
         {"{}",
          "null",
          R"({"usage":null})",
          R"({"usage":"x"})",
          R"({"usage":{"prompt_tokens":-3}})",
          R"({"usage":{"prompt_tokens":1.5}})"}) {
        EXPECT_EQ(usage_of(json::parse(body)), TokenUsage{}) << body;
    }
}

TEST(Usage, OfAbsurdCountsDoesNotOverflow) {
    const auto usage = usage_of(json::parse(
        R"({"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807}})"
    ));
    EXPECT_GT(usage.total_tokens, 0);
}

}  // namespace
}  // namespace inference
