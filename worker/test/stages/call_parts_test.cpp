#include "stages/call_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

Processed step(Task task, json body, std::int64_t answers) {
    Processed processed;
    processed.call.model = "m";
    processed.call.task = task;
    processed.call.body = std::move(body);
    processed.shape = {.task = task, .answers = answers, .is_list = true};
    return processed;
}

AnsweredPart answer(ItemRange items, json body) {
    AnsweredPart part{.items = items, .answer = {}};
    part.answer.reply.body = std::move(body);
    part.answer.reply.latency = 10ms;
    part.answer.timings.infer = 10ms;
    return part;
}

json body_of(Result<Inferred> joined) {
    EXPECT_TRUE(joined) << joined.error().message;
    return joined ? joined->reply.body : json();
}

json choice(int index, const std::string& text) {
    return {{"index", index}, {"text", text}, {"finish_reason", "stop"}};
}

TEST(ItemCount, IsWhatTheEngineCouldAnswerOneByOne) {
    EXPECT_EQ(item_count(step(Task::kChat, {{"messages", {1, 2}}}, 1).call), 1);
    EXPECT_EQ(item_count(step(Task::kCompletion, {{"prompt", "a"}}, 1).call), 1);
    EXPECT_EQ(item_count(step(Task::kCompletion, {{"prompt", {"a", "b"}}}, 2).call), 2);
    EXPECT_EQ(item_count(step(Task::kEmbed, {{"input", {"a", "b", "c"}}}, 3).call), 3);
    EXPECT_EQ(item_count(step(Task::kRerank, {{"documents", {"a", "b"}}}, 2).call), 2);
    EXPECT_EQ(item_count(step(Task::kScore, {{"text_1", "q"}, {"text_2", {"a", "b"}}}, 2).call), 2);
}

TEST(ItemCount, APromptOfTokensIsOneItem) {
    EXPECT_EQ(item_count(step(Task::kCompletion, {{"prompt", {1, 2, 3}}}, 1).call), 1);
}

TEST(ItemCount, OfTensorsIsTheirCommonFirstDimension) {
    const auto tensors = [](json first, json second) {
        return step(
                   Task::kTensors,
                   {{"inputs", {{{"shape", std::move(first)}}, {{"shape", std::move(second)}}}}},
                   0
        )
            .call;
    };
    EXPECT_EQ(item_count(tensors({4, 2}, {4, 1})), 4);
    EXPECT_EQ(item_count(tensors({4, 2}, {3, 2})), 1) << "no batch dimension";
    EXPECT_EQ(item_count(tensors({4, 2}, json::array())), 1) << "a scalar among them";
}

TEST(Cut, TakesThePromptsAndAsksForTheirAnswersOnly) {
    const Processed whole = step(Task::kCompletion, {{"prompt", {"a", "b", "c"}}, {"n", 2}}, 6);

    const Processed part = cut(whole, {.first = 1, .count = 1});

    EXPECT_EQ(part.call.body, (json{{"prompt", json::array({"b"})}, {"n", 2}}));
    EXPECT_EQ(part.shape.answers, 2);
    EXPECT_TRUE(part.shape.is_list);
}

TEST(Cut, TakesRowsOfEveryTensorAndTheirData) {
    const Processed whole = step(
        Task::kTensors,
        {{"inputs",
          {{{"name", "x"}, {"shape", {3, 2}}, {"datatype", "FP32"}, {"data", {1, 2, 3, 4, 5, 6}}},
           {{"name", "y"}, {"shape", {3, 1}}, {"datatype", "FP32"}, {"data", {7, 8, 9}}}}}},
        0
    );

    const json inputs = cut(whole, {.first = 1, .count = 2}).call.body["inputs"];

    EXPECT_EQ(inputs[0]["shape"], (json{2, 2}));
    EXPECT_EQ(inputs[0]["data"], (json{3, 4, 5, 6}));
    EXPECT_EQ(inputs[1]["shape"], (json{2, 1}));
    EXPECT_EQ(inputs[1]["data"], (json{8, 9}));
}

TEST(Cut, KeepsTheOneTextThatAllPairsShare) {
    const Processed whole = step(Task::kScore, {{"text_1", "q"}, {"text_2", {"a", "b"}}}, 2);

    const Processed part = cut(whole, {.first = 1, .count = 1});

    EXPECT_EQ(part.call.body, (json{{"text_1", "q"}, {"text_2", json::array({"b"})}}));
    EXPECT_EQ(part.shape.answers, 1);
}

TEST(Cut, OfARerankingAsksForAtMostTheDocumentsThatAreLeft) {
    const Processed whole =
        step(Task::kRerank, {{"documents", {"a", "b", "c", "d"}}, {"top_n", 3}}, 3);

    EXPECT_EQ(cut(whole, {.first = 0, .count = 2}).shape.answers, 2);
    EXPECT_EQ(cut(whole, {.first = 0, .count = 4}).shape.answers, 3);
}

TEST(Join, CountsPlacesThroughAndSumsUsageAndTimes) {
    const Processed whole = step(Task::kCompletion, {{"prompt", {"a", "b", "c"}}, {"n", 2}}, 6);
    const json usage{{"prompt_tokens", 1}, {"completion_tokens", 2}, {"total_tokens", 3}};

    const auto joined = join(
        whole,
        {answer(
             {0, 2},
             {{"choices", {choice(0, "a0"), choice(1, "a1"), choice(2, "b0"), choice(3, "b1")}},
              {"usage", usage}}
         ),
         answer({2, 1}, {{"choices", {choice(1, "c1"), choice(0, "c0")}}, {"usage", usage}})}
    );

    ASSERT_TRUE(joined);
    const json& body = joined->reply.body;
    EXPECT_EQ(body["choices"].size(), 6U);
    EXPECT_EQ(body["choices"][4], choice(5, "c1"));
    EXPECT_EQ(body["choices"][5], choice(4, "c0"));
    EXPECT_EQ(body["usage"]["total_tokens"], 6);
    EXPECT_EQ(joined->reply.latency, 20ms);
    EXPECT_EQ(joined->timings.infer, 20ms);
    EXPECT_EQ(joined->shape.answers, 6);
}

TEST(Join, RanksTheDocumentsOfAllPartsAndKeepsTheBest) {
    const Processed whole = step(Task::kRerank, {{"documents", {"a", "b", "c", "d"}}}, 3);
    const auto result = [](int index, double score) {
        return json{{"index", index}, {"relevance_score", score}};
    };

    const json body = body_of(join(
        whole,
        {answer({0, 2}, {{"results", {result(1, 0.5), result(0, 0.1)}}}),
         answer({2, 2}, {{"results", {result(1, 0.9), result(0, 0.3)}}})}
    ));

    EXPECT_EQ(body["results"], (json{result(3, 0.9), result(1, 0.5), result(2, 0.3)}));
}

TEST(Join, PutsTensorsOneBelowTheOther) {
    const Processed whole = step(Task::kTensors, {{"inputs", {{{"shape", {3, 1}}}}}}, 0);
    const auto output = [](json shape, json data) {
        return json{
            {"outputs",
             {{{"name", "y"},
               {"datatype", "FP32"},
               {"shape", std::move(shape)},
               {"data", std::move(data)}}}}
        };
    };

    const json body = body_of(join(
        whole,
        {answer({0, 2}, output({2, 2}, {1, 2, 3, 4})), answer({2, 1}, output({1, 2}, {5, 6}))}
    ));

    EXPECT_EQ(body["outputs"][0]["shape"], (json{3, 2}));
    EXPECT_EQ(body["outputs"][0]["data"], (json{1, 2, 3, 4, 5, 6}));
}

TEST(Join, TensorsThatDifferInMoreThanTheirRowsAreRefusedByName) {
    const Processed whole = step(Task::kTensors, {{"inputs", {{{"shape", {2, 1}}}}}}, 0);
    const auto output = [](json shape, json data) {
        return json{
            {"outputs",
             {{{"name", "y"},
               {"datatype", "FP32"},
               {"shape", std::move(shape)},
               {"data", std::move(data)}}}}
        };
    };

    const auto joined = join(
        whole, {answer({0, 1}, output({1, 2}, {1, 2})), answer({1, 1}, output({1, 3}, {5, 6, 7}))}
    );

    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().error_class, ErrorClass::kFatal);
    EXPECT_THAT(joined.error().message, HasSubstr("'y'"));
}

TEST(Join, OfEmbeddingsKeepsTheOrderOfTheTexts) {
    const Processed whole = step(Task::kEmbed, {{"input", {"a", "b"}}}, 2);
    const auto embedding = [](int index, double value) {
        return json{{"index", index}, {"embedding", {value}}};
    };

    const json body = body_of(join(
        whole,
        {answer({0, 1}, {{"data", {embedding(0, 1)}}}),
         answer({1, 1}, {{"data", {embedding(0, 2)}}})}
    ));

    EXPECT_EQ(body["data"], (json{embedding(0, 1), embedding(1, 2)}));
}

}  // namespace
}  // namespace inference
