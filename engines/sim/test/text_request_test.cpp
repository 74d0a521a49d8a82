#include "text_request.hpp"

#include "text_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace engine_sim {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

const TextModels kModels{.names = {"sim", "other"}, .max_model_len = 10, .embedding_dimensions = 4};

TextCall call(TextEndpoint endpoint, const json& body) {
    auto read = read_text_call(endpoint, body, kModels);
    EXPECT_TRUE(read) << read.error().body;
    return read.value_or(TextCall{});
}

HttpReply refusal(TextEndpoint endpoint, const json& body) {
    const auto read = read_text_call(endpoint, body, kModels);
    EXPECT_FALSE(read);
    return read ? HttpReply{} : read.error();
}

json error_of(TextEndpoint endpoint, const json& body) {
    return json::parse(refusal(endpoint, body).body)["error"];
}

TEST(TextRequest, APromptIsTextOrTokensOrAListOfEither) {
    const auto prompts = [](const json& prompt) {
        return call(TextEndpoint::kCompletion, {{"model", "sim"}, {"prompt", prompt}}).prompts;
    };

    EXPECT_THAT(prompts("a b"), ElementsAre(Words{"a", "b"}));
    EXPECT_THAT(prompts({"a b", "c"}), ElementsAre(Words{"a", "b"}, Words{"c"}));
    EXPECT_THAT(prompts({1, 2}), ElementsAre(Words{"1", "2"}));
    EXPECT_THAT(prompts({{1, 2}, {3}}), ElementsAre(Words{"1", "2"}, Words{"3"}));
}

TEST(TextRequest, AChatAnswersItsLastMessageAndCountsThemAll) {
    const json parts = {
        {{"type", "text"}, {"text", "how are"}}, {{"type", "text"}, {"text", "you"}}
    };
    const json messages = {
        {{"role", "system"}, {"content", "be kind"}}, {{"role", "user"}, {"content", parts}}
    };

    const TextCall chat = call(TextEndpoint::kChat, {{"model", "sim"}, {"messages", messages}});

    EXPECT_EQ(chat.answers.front().text, "you are how");
    EXPECT_EQ(chat.total_prompt_tokens(), 5U);
    EXPECT_EQ(chat.total_completion_tokens(), 3U);
}

TEST(TextRequest, TheAnswerFitsIntoWhatTheContextLeaves) {
    const TextCall completion = call(
        TextEndpoint::kCompletion,
        {{"model", "sim"}, {"prompt", "1 2 3 4 5 6 7 8"}, {"max_tokens", 10}, {"ignore_eos", true}}
    );

    EXPECT_EQ(completion.answers.front().tokens, 2U);
    EXPECT_TRUE(completion.answers.front().cut);
}

TEST(TextRequest, ChoicesOfOnePromptStandTogether) {
    const TextCall completion =
        call(TextEndpoint::kCompletion, {{"model", "sim"}, {"prompt", {"a", "b"}}, {"n", 2}});

    const json answer = answer_of(completion, "7", 100);

    ASSERT_EQ(answer["choices"].size(), 4U);
    EXPECT_EQ(answer["choices"][1]["text"], "a");
    EXPECT_EQ(answer["choices"][2]["text"], "b");
    EXPECT_EQ(answer["choices"][2]["index"], 2);
    EXPECT_EQ(answer["id"], "cmpl-7");
    EXPECT_EQ(answer["usage"]["total_tokens"], 6);
}

TEST(TextRequest, TheFinishReasonSaysWhetherTheAnswerWasCut) {
    const auto reason = [](int max_tokens) {
        const json body = {{"prompt", "a b"}, {"max_tokens", max_tokens}};
        return answer_of(
            call(TextEndpoint::kCompletion, body), "", 0
        )["choices"][0]["finish_reason"];
    };

    EXPECT_EQ(reason(1), "length");
    EXPECT_EQ(reason(2), "stop");
}

TEST(TextRequest, EmbeddingsAreNumbersOrBase64) {
    const json floats = answer_of(call(TextEndpoint::kEmbedding, {{"input", {"a", "b"}}}), "", 0);
    const json base64 = answer_of(
        call(
            TextEndpoint::kEmbedding,
            {{"input", "a"}, {"encoding_format", "base64"}, {"dimensions", 3}}
        ),
        "",
        0
    );

    EXPECT_EQ(floats["data"].size(), 2U);
    EXPECT_EQ(floats["data"][1]["embedding"].size(), 4U);
    EXPECT_EQ(base64["data"][0]["embedding"].get<std::string>().size(), 16U);
    EXPECT_EQ(base64["usage"]["prompt_tokens"], 1);
}

TEST(TextRequest, TimeIsLatencyAndTokensOfEachSequence) {
    const TextCall completion =
        call(TextEndpoint::kCompletion, {{"prompt", {"a", "b c d"}}, {"max_tokens", 2}, {"n", 2}});

    const auto times = service_times(
        completion, {.latency = 100ms, .prefill_per_token = 10ms, .decode_per_token = 1ms}
    );

    EXPECT_THAT(times, ElementsAre(111ms, 111ms, 132ms, 132ms));
}

TEST(TextRequest, AnUnknownModelIsNotFound) {
    const HttpReply reply =
        refusal(TextEndpoint::kCompletion, {{"model", "nope"}, {"prompt", "a"}});

    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(
        reply.body,
        R"({"error":{"code":404,"message":"The model `nope` does not exist. Valid aliases: sim, other.","param":"model","type":"NotFoundError"}})"
    );
}

TEST(TextRequest, ATooLongPromptIsRefusedWithBothNumbers) {
    const auto message = [](const char* prompt) {
        return error_of(TextEndpoint::kCompletion, {{"prompt", prompt}})["message"]
            .get<std::string>();
    };

    EXPECT_THAT(
        message("1 2 3 4 5 6 7 8 9 10 11 12"), HasSubstr("maximum context length is 10 tokens")
    );
    EXPECT_THAT(
        message("1 2 3 4 5 6 7 8 9 10 11 12"), HasSubstr("contains at least 11 input tokens")
    );
    EXPECT_THAT(
        message("1 2 3 4 5 6 7 8 9 10"),
        HasSubstr("(at least 1) is longer than the maximum model length")
    );
}

TEST(TextRequest, AnEmbeddingMayFillTheContext) {
    EXPECT_EQ(
        call(TextEndpoint::kEmbedding, {{"input", "1 2 3 4 5 6 7 8 9 10"}}).total_prompt_tokens(),
        10U
    );
}

TEST(TextRequest, AWrongFieldIsNamedAndQuotedBackAsVllmDoes) {
    const json missing = error_of(TextEndpoint::kChat, {{"model", "sim"}});
    EXPECT_EQ(missing["param"], "body.messages");
    EXPECT_THAT(
        missing["message"].get<std::string>(),
        HasSubstr("'msg': 'Field required', 'input': '<dict of 1 items>'")
    );

    const json wrong = error_of(TextEndpoint::kChat, {{"messages", "secret words"}});
    EXPECT_THAT(wrong["message"].get<std::string>(), HasSubstr("'input': 'secret words'"));
    EXPECT_EQ(wrong["type"], "Bad Request");

    EXPECT_EQ(
        error_of(TextEndpoint::kCompletion, {{"prompt", {"a", true}}})["param"], "body.prompt.1"
    );
    EXPECT_EQ(
        error_of(TextEndpoint::kCompletion, {{"prompt", "a"}, {"max_tokens", "9"}})["param"],
        "body.max_tokens"
    );
}

TEST(TextRequest, NumbersOutOfRangeAreRefused) {
    for (const json& field :
         {json{{"max_tokens", -1}}, json{{"max_tokens", 0}}, json{{"n", 1'000'000'000}}}) {
        json body = {{"prompt", "a"}};
        body.update(field);
        EXPECT_EQ(refusal(TextEndpoint::kCompletion, body).status, 400) << field;
    }
    EXPECT_EQ(
        refusal(TextEndpoint::kEmbedding, {{"input", "a"}, {"dimensions", 1'000'000'000}}).status,
        400
    );
    EXPECT_EQ(call(TextEndpoint::kEmbedding, {{"input", "a"}, {"dimensions", 0}}).dimensions, 1U);
}

TEST(TextRequest, AnEmptyPromptIsRefused) {
    EXPECT_EQ(
        error_of(TextEndpoint::kCompletion, {{"prompt", " "}})["message"],
        "The decoder prompt cannot be empty"
    );
    EXPECT_EQ(refusal(TextEndpoint::kCompletion, {{"prompt", json::array()}}).status, 400);
    EXPECT_EQ(refusal(TextEndpoint::kChat, {{"messages", json::array()}}).status, 400);
}

TEST(TextRequest, AStreamEndsWithItsUsageIfAsked) {
    json body = {{"prompt", "a"}, {"stream", true}};
    EXPECT_TRUE(call(TextEndpoint::kCompletion, body).stream);
    EXPECT_FALSE(call(TextEndpoint::kCompletion, body).include_usage);

    body["stream_options"] = {{"include_usage", true}};
    EXPECT_TRUE(call(TextEndpoint::kCompletion, body).include_usage);

    body["stream"] = false;
    EXPECT_EQ(error_of(TextEndpoint::kCompletion, body)["param"], "stream_options");
}

TEST(TextRequest, AllTextsOfARequestAreFoundForTheFaultScript) {
    EXPECT_EQ(text_of({{"prompt", {"a b", "c"}}, {"model", "m"}}), "a b\nc\n");
    EXPECT_THAT(text_of({{"messages", {{{"role", "user"}, {"content", "x"}}}}}), HasSubstr("x\n"));
    EXPECT_EQ(text_of({{"query", "q"}, {"documents", {"d"}}}), "q\nd\n");
    EXPECT_EQ(text_of("text"), "");
}

TEST(TextRequest, ABodyThatIsNoJsonIsRefused) {
    const auto body = parse_body("{");
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().status, 400);
    EXPECT_THAT(body.error().body, HasSubstr("JSON decode error"));

    EXPECT_EQ(refusal(TextEndpoint::kCompletion, json::array()).status, 400);
}

TEST(TextRequest, FactsAreReadAlsoFromWhatIsRefused) {
    const CallFacts facts = facts_of(
        {{"model", "nope"},
         {"request_id", "r7"},
         {"prompt", {"a", "b", "c"}},
         {"priority", 20},
         {"n", "wrong"}}
    );

    EXPECT_EQ(facts.model, "nope");
    EXPECT_EQ(facts.request_id, "r7");
    EXPECT_EQ(facts.batch, 3U);
    EXPECT_EQ(facts.priority, 20);
    EXPECT_EQ(facts_of({{"prompt", {1, 2, 3}}}).batch, 1U);
    EXPECT_EQ(facts_of({{"model", 7}}).model, "");
    EXPECT_EQ(facts_of("text").model, "");
}

TEST(TextAnswer, TheListOfModelsHasTheirLength) {
    const json list = model_list(kModels, 5);

    EXPECT_EQ(list["data"][1]["id"], "other");
    EXPECT_EQ(list["data"][1]["max_model_len"], 10);
}

}  // namespace
}  // namespace engine_sim
