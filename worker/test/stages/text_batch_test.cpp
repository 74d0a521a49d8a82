#include "stages/text_batch.hpp"

#include "stages/call_batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace inference {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

EngineCall embed(Json input, Json more = Json::object()) {
    EngineCall call{.model = "m", .task = Task::kEmbed, .body = std::move(more)};
    call.body["model"] = "engine-m";
    call.body["input"] = std::move(input);
    return call;
}

Json element(int index, double value) {
    return {{"object", "embedding"}, {"index", index}, {"embedding", {value}}};
}

TEST(TextBatch, RequestsThatDifferInTheirTextsAloneAreOfOneKind) {
    const auto kind = text_kind(embed("a"));
    EXPECT_NE(kind, 0U);
    EXPECT_EQ(text_kind(embed({"b", "c"})), kind);
    EXPECT_NE(text_kind(embed("a", {{"dimensions", 8}})), kind);
    EngineCall other = embed("a");
    other.model = "n";
    EXPECT_NE(text_kind(other), kind);
    other = embed("a");
    other.task = Task::kPooling;
    EXPECT_NE(text_kind(other), kind);
}

TEST(TextBatch, WhatWritesTextsOrHasNoneStaysAlone) {
    EngineCall completion = embed("a");
    completion.task = Task::kCompletion;
    EXPECT_EQ(text_kind(completion), 0U);
    // Lists of tokens are texts to the engine, but it may as well be one text.
    EXPECT_EQ(text_kind(embed({1, 2, 3})), 0U);
    EXPECT_EQ(text_kind(embed(Json::array())), 0U);
    EXPECT_EQ(text_kind(embed(nullptr)), 0U);
}

TEST(TextBatch, TextsAndListsOfThemBecomeOneList) {
    const EngineCall one = embed("a", {{"dimensions", 8}});
    const EngineCall two = embed({"b", "c"}, {{"dimensions", 8}});
    const EngineCall merged = merge_texts({&one, &two, &one});
    EXPECT_EQ(
        merged.body,
        (Json{{"model", "engine-m"}, {"input", {"a", "b", "c", "a"}}, {"dimensions", 8}})
    );
}

TEST(TextBatch, TheAnswerComesApartByIndexAndItsUsageStandsOnce) {
    const Json body{
        {"object", "list"},
        {"data", {element(2, 0.2), element(0, 0.0), element(1, 0.1)}},
        {"usage", {{"prompt_tokens", 7}, {"total_tokens", 7}}}
    };
    const auto parts = split_texts(body, {1, 2});
    ASSERT_TRUE(parts);
    EXPECT_EQ(
        (*parts)[0],
        (Json{
            {"object", "list"},
            {"data", {element(0, 0.0)}},
            {"usage", {{"prompt_tokens", 7}, {"total_tokens", 7}}}
        })
    );
    EXPECT_EQ(
        (*parts)[1], (Json{{"object", "list"}, {"data", {element(0, 0.1), element(1, 0.2)}}})
    );
}

TEST(TextBatch, AnAnswerAboutOtherTextsSaysWhatToConfigure) {
    for (const Json& data :
         {Json{element(0, 0)},
          Json{element(0, 0), element(0, 1)},
          Json{element(0, 0), element(2, 1)}}) {
        const auto parts = split_texts({{"data", data}}, {1, 1});
        ASSERT_FALSE(parts) << data;
        EXPECT_EQ(parts.error().code, ErrorCode::kEngine5xx);
        EXPECT_THAT(parts.error().message, HasSubstr("max_batch: 1"));
    }
}

TEST(CallBatch, TheMergedCallIsAskedForAllAnswersAndASingleOneForItsOwn) {
    const EngineCall one = embed("a");
    const EngineCall two = embed({"b", "c"});
    const ReplyShape shape{.task = Task::kEmbed, .answers = 1};
    EXPECT_EQ(merged_shape(shape, {&one}), shape);
    EXPECT_EQ(merged_shape(shape, {&one, &two}).answers, 3);
    EXPECT_EQ(merge_calls({&two}), two);
    EXPECT_EQ(split_reply({{"data", "as it is"}}, {&one})->front(), (Json{{"data", "as it is"}}));
}

TEST(CallBatch, TensorsAndTextsAreNeverOfOneKind) {
    EngineCall tensors{.model = "m", .task = Task::kTensors};
    tensors.body = {
        {"inputs", {{{"name", "x"}, {"shape", {1, 2}}, {"datatype", "FP32"}, {"data", {1, 2}}}}}
    };
    EXPECT_NE(batch_kind(tensors), 0U);
    EXPECT_NE(batch_kind(tensors), batch_kind(embed("a")));
    const EngineCall merged = merge_calls({&tensors, &tensors});
    EXPECT_EQ(merged.body["inputs"][0]["shape"], (Json{2, 2}));
}

}  // namespace
}  // namespace inference
