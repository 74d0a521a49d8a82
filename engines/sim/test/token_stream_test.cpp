#include "token_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace engine_sim {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kStart{};
constexpr Speed kSpeed{.latency = 100ms, .prefill_per_token = 10ms, .decode_per_token = 1ms};

TextCall completion(const std::vector<Words>& prompts, std::size_t max_tokens = 16) {
    TextCall call;
    call.prompts = prompts;
    for (const Words& prompt : prompts) {
        call.prompt_tokens.push_back(prompt.size());
        call.answers.push_back(continue_prompt(prompt, {.max_tokens = max_tokens}));
    }
    return call;
}

TokenStream stream_of(const TextCall& call) {
    return {call, kSpeed, "7", 100};
}

/// "0:text" for each event.
std::vector<std::string> texts(const std::vector<std::string>& events) {
    std::vector<std::string> found;
    for (const std::string& event : events) {
        const json choice = json::parse(event)["choices"].at(0);
        found.push_back(
            std::to_string(choice["index"].get<int>()) + ":" + choice["text"].get<std::string>()
        );
    }
    return found;
}

TEST(TokenStream, TheFirstTokenComesAfterLatencyAndPrefillAndTheOthersAStepApart) {
    TokenStream stream = stream_of(completion({{"a", "b"}}));
    EXPECT_EQ(stream.next(), std::nullopt);
    stream.start(0, kStart);

    EXPECT_EQ(stream.next(), kStart + 120ms);
    EXPECT_THAT(stream.take_due(kStart + 119ms), IsEmpty());
    EXPECT_THAT(texts(stream.take_due(kStart + 120ms)), ElementsAre("0:b"));
    EXPECT_THAT(stream.take_due(kStart + 120ms), IsEmpty());
    EXPECT_THAT(texts(stream.take_due(kStart + 121ms)), ElementsAre("0: a"));
    EXPECT_EQ(stream.tokens_taken(), 2U);
}

TEST(TokenStream, SequencesInterleaveAsTheyAreServed) {
    TokenStream stream = stream_of(completion({{"a", "b"}, {"c", "d", "e"}}));
    stream.start(0, kStart);
    stream.start(1, kStart - 10ms);

    EXPECT_THAT(texts(stream.take_due(kStart + 121ms)), ElementsAre("0:b", "1:e", "0: a", "1: d"));
}

TEST(TokenStream, ACutAnswerEndsWithItsLastTokenAndAWholeOneWithAnEventOfItsOwn) {
    const auto last = [](const TextCall& call) {
        TokenStream stream = stream_of(call);
        stream.start(0, kStart);
        return json::parse(stream.take_rest().back())["choices"][0];
    };

    const json cut = last(completion({{"a", "b"}}, 1));
    EXPECT_EQ(cut["text"], "b");
    EXPECT_EQ(cut["finish_reason"], "length");

    const json whole = last(completion({{"a", "b"}}));
    EXPECT_EQ(whole["text"], "");
    EXPECT_EQ(whole["finish_reason"], "stop");
}

TEST(TokenStream, AChatBeginsWithTheRoleOfEachChoice) {
    TextCall call = completion({{"a"}});
    call.endpoint = TextEndpoint::kChat;
    call.choices = 2;
    call.answers.push_back(call.answers.front());
    TokenStream stream = stream_of(call);
    stream.start(1, kStart);

    const auto events = stream.take_due(kStart + 110ms);

    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(json::parse(events[0])["choices"][0]["delta"]["role"], "assistant");
    EXPECT_EQ(json::parse(events[1])["choices"][0]["index"], 1);
    EXPECT_EQ(json::parse(events[2])["choices"][0]["delta"]["content"], "a");
    EXPECT_EQ(json::parse(events[2])["object"], "chat.completion.chunk");
    EXPECT_EQ(json::parse(events[2])["id"], "chatcmpl-7");
}

TEST(TokenStream, UsageComesLastAndOnlyIfAsked) {
    TextCall call = completion({{"a", "b"}});
    call.include_usage = true;
    TokenStream stream = stream_of(call);
    stream.start(0, kStart);

    const json last = json::parse(stream.take_rest().back());

    EXPECT_THAT(last["choices"], IsEmpty());
    EXPECT_EQ(last["usage"]["total_tokens"], 4);
}

TEST(TokenStream, AnAnswerWithoutTokensStillSaysWhyItEnds) {
    TextCall call = completion({{"a"}});
    call.answers.front() = {.cut = true};
    TokenStream stream = stream_of(call);
    stream.start(0, kStart);

    const auto events = stream.take_rest();

    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(json::parse(events[0])["choices"][0]["finish_reason"], "length");
    EXPECT_EQ(stream.tokens_taken(), 0U);
}

}  // namespace
}  // namespace engine_sim
