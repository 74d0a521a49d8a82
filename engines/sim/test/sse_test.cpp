// Streamed answers of the OpenAI dialect, from outside the process.

#include "sim_process.hpp"
#include "sse_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace engine_sim {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

const json kStream = {{"prompt", "hello big world"}, {"stream", true}};

TEST(StreamedAnswers, ACompletionComesWordByWordAndEndsWithDone) {
    SimProcess sim({"--model", "sim"});

    const Reply reply = sim.post("/v1/completions", kStream);

    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.content_type, "text/event-stream; charset=utf-8");
    const auto events = events_of(reply.body);
    ASSERT_EQ(events.size(), 5U);
    EXPECT_EQ(json::parse(events[1])["choices"][0]["text"], " big");
    EXPECT_EQ(json::parse(events[3])["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(events[4], "[DONE]");
}

TEST(StreamedAnswers, AChatEndsWithItsUsage) {
    SimProcess sim({"--model", "sim"});

    const Reply reply = sim.post(
        "/v1/chat/completions",
        {{"messages", {{{"role", "user"}, {"content", "how are you"}}}},
         {"stream", true},
         {"stream_options", {{"include_usage", true}}}}
    );

    const auto events = events_of(reply.body);
    ASSERT_EQ(events.size(), 7U);
    EXPECT_EQ(json::parse(events[0])["choices"][0]["delta"]["role"], "assistant");
    EXPECT_EQ(json::parse(events[1])["choices"][0]["delta"]["content"], "you");
    EXPECT_EQ(json::parse(events[5])["usage"]["completion_tokens"], 3);
}

TEST(StreamedAnswers, AListOfPromptsInterleavesItsChoices) {
    SimProcess sim({"--model", "sim", "--decode-us-per-token", "2000"});

    const Reply reply =
        sim.post("/v1/completions", {{"prompt", {"a b", "c d"}}, {"n", 2}, {"stream", true}});

    std::vector<int> indices;
    for (const std::string& event : events_of(reply.body)) {
        if (event != "[DONE]") {
            indices.push_back(json::parse(event)["choices"][0]["index"]);
        }
    }
    EXPECT_THAT(indices, ElementsAre(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3));
}

TEST(StreamedAnswers, AConnectionServesMoreAfterAStream) {
    SimProcess sim({"--model", "sim"});
    Connection connection = sim.connect();

    for (int i = 0; i < 3; ++i) {
        connection.send("POST", "/v1/completions", kStream.dump());
        EXPECT_EQ(events_of(connection.receive().body).size(), 5U);
    }
}

TEST(StreamedAnswers, TheFirstTokenDoesNotWaitForTheSecondAndAHangUpFreesTheSlot) {
    SimProcess sim({"--model", "sim", "--decode-us-per-token", "3600000000", "--slots", "1"});
    Connection first = sim.connect();
    first.send("POST", "/v1/completions", kStream.dump());
    EXPECT_THAT(first.read_until("world"), HasSubstr("200 OK"));
    Connection second = sim.connect();
    second.send("POST", "/v1/completions", kStream.dump());
    sim.wait_for_events("received", 2);

    const auto closed_at = std::chrono::steady_clock::now();
    first.close();
    second.read_until("world");

    EXPECT_LT(std::chrono::steady_clock::now() - closed_at, 1s);
    EXPECT_EQ(sim.events("aborted").at(0)["reason"], "client closed");
}

TEST(StreamedAnswers, TheLogCountsTheTokensAndHoldsNoText) {
    SimProcess sim({"--model", "sim"});
    sim.post("/v1/completions", kStream);

    const json finished = sim.wait_for_events("finished", 1).front();

    EXPECT_EQ(finished["status"], 200);
    EXPECT_EQ(finished["tokens_sent"], 3);
    EXPECT_GE(finished["first_token_unix_us"], sim.events("received").at(0)["unix_us"]);
    EXPECT_LE(finished["first_token_unix_us"], finished["unix_us"]);
    EXPECT_EQ(finished["prompt_tokens"], 3);
    EXPECT_THAT(sim.control("GET", "/sim/calls").body, testing::Not(HasSubstr("hello")));
}

TEST(StreamedAnswers, SilenceIsFilledWithComments) {
    SimProcess sim({"--model", "sim", "--latency-ms", "3600000", "--sse-keep-alive-ms", "5"});
    Connection connection = sim.connect();
    connection.send("POST", "/v1/completions", kStream.dump());

    for (int i = 0; i < 3; ++i) {
        EXPECT_THAT(connection.read_until(": keep-alive\n\n"), HasSubstr(": keep-alive"));
    }
}

TEST(StreamedAnswers, AFullQueueRefusesBeforeAnythingIsStreamed) {
    SimProcess sim({"--model", "sim", "--latency-ms", "3600000", "--slots", "1", "--queue", "0"});
    Connection runs = sim.connect();
    runs.send("POST", "/v1/completions", kStream.dump());
    sim.wait_for_events("started", 1);

    const Reply refused = sim.post("/v1/completions", kStream);

    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.content_type, "application/json");
}

}  // namespace
}  // namespace engine_sim
