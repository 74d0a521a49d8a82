// What can go wrong in a stream or with a plain answer, from outside the process.

#include "sim_process.hpp"
#include "sse_events.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <chrono>
#include <csignal>

namespace engine_sim {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const json kPlain = {{"prompt", "hello big wörld"}};
const json kStream = {{"prompt", "hello big wörld"}, {"stream", true}};

class Faults : public testing::Test {
protected:
    void set(const json& action) {
        EXPECT_EQ(
            sim_.control("POST", "/sim/faults", json::array({{{"action", action}}})).status, 200
        );
    }

    Connection call(const json& action, const json& body = kStream) {
        set(action);
        Connection connection = sim_.connect();
        connection.send("POST", "/v1/completions", body.dump());
        return connection;
    }

    Reply answer(const json& action, const json& body) { return call(action, body).receive(); }

    /// The events of a stream that ends in good order.
    std::vector<std::string> events(const json& action) {
        const Reply reply = answer(action, kStream);
        EXPECT_EQ(reply.status, 200) << action;
        return events_of(reply.body);
    }

    SimProcess sim_{{"--model", "sim"}};
};

TEST_F(Faults, AStreamIsResetOrClosedAfterItsEvents) {
    boost::system::error_code error;
    call({{"close", true}, {"after_events", 2}}).read_to_end(error);
    EXPECT_EQ(error, boost::asio::error::eof);

    Connection closed = call({{"close", true}, {"after_events", 2}});
    error = {};
    const std::string bytes = closed.read_to_end(error);
    EXPECT_THAT(bytes, HasSubstr("\" big\""));
    EXPECT_THAT(bytes, Not(HasSubstr("hello")));

    error = {};
    call({{"reset", true}, {"after_events", 1}}).read_to_end(error);
    EXPECT_EQ(error, boost::asio::error::connection_reset);
    EXPECT_EQ(sim_.wait_for_events("finished", 3).back()["fault"], "after_events+reset");
    EXPECT_EQ(sim_.control("GET", "/sim/counts").json()["running"], 0);
}

TEST_F(Faults, AStalledStreamEndsWhenItsClientGivesUp) {
    Connection connection = call({{"stall", true}, {"after_events", 1}});
    EXPECT_THAT(connection.read_until("\n\n"), HasSubstr("wörld"));
    EXPECT_EQ(sim_.control("GET", "/sim/counts").json()["live"], 1);

    connection.close();

    EXPECT_EQ(sim_.wait_for_events("aborted", 1).front()["reason"], "client closed");
}

TEST_F(Faults, AConnectionCanEndInsideAChunk) {
    for (const json& body : {kPlain, kStream}) {
        const json action = {{"truncate", true}, {"chunked", true}};
        EXPECT_EQ(answer(action, body).error, boost::beast::http::error::partial_message) << body;

        boost::system::error_code error;
        const std::string bytes = call(action, body).read_to_end(error);
        const std::string chunk = bytes.substr(bytes.find("\r\n\r\n") + 4);
        const std::string part = chunk.substr(chunk.find("\r\n") + 2);
        EXPECT_EQ(part.size(), std::stoul(chunk, nullptr, 16) / 2) << body;
    }
    EXPECT_EQ(answer({{"chunked", true}}, kPlain).json()["choices"][0]["text"], "wörld big hello");
}

TEST_F(Faults, AnErrorComesInBandAfterSomeEventsOrBeforeAny) {
    auto found = events({{"in_band_error", "engine_dead"}, {"after_events", 2}});
    ASSERT_EQ(found.size(), 4U);
    EXPECT_THAT(found[2], HasSubstr(R"({"error":{"message":"EngineCore encountered)"));
    EXPECT_EQ(found[3], "[DONE]");

    found = events({{"in_band_error", {{"message", "m"}, {"code", 503}}}, {"no_done", true}});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(json::parse(found[0])["error"]["code"], 503);

    const Reply plain = answer({{"in_band_error", "m"}}, kPlain);
    EXPECT_EQ(plain.status, 200);
    EXPECT_EQ(plain.json()["error"]["message"], "m");
}

TEST_F(Faults, DoneAndFinishReasonsCanBeMissingOrWrong) {
    EXPECT_NE(events({{"no_done", true}}).back(), "[DONE]");

    const auto reason = [&](const json& action) {
        const auto found = events(action);
        return json::parse(found.at(found.size() - 2))["choices"][0]["finish_reason"];
    };
    EXPECT_EQ(reason({{"finish_reason", nullptr}}), nullptr);
    EXPECT_EQ(reason({{"finish_reason", "abort"}, {"tokens", 1}}), "abort");
    EXPECT_EQ(reason({{"finish_reason", "error"}, {"choice", 7}}), "stop");

    const json cut = answer({{"tokens", 0}}, kPlain).json();
    EXPECT_EQ(cut["choices"][0]["finish_reason"], "length");
    EXPECT_EQ(cut["usage"]["completion_tokens"], 0);
}

TEST_F(Faults, OneEventIsGarbledAndTheOthersAreNot) {
    const auto found = events({{"garble_event", 2}});
    ASSERT_EQ(found.size(), 5U);
    EXPECT_TRUE(json::accept(found[0]));
    EXPECT_FALSE(json::accept(found[1]));
    EXPECT_TRUE(json::accept(found[2]));
}

TEST_F(Faults, DrippingBytesArriveWholeInTheEnd) {
    const json action = {{"drip", {{"bytes", 37}, {"pause_ms", 1}}}};
    EXPECT_EQ(events(action).size(), 5U);
    EXPECT_EQ(answer(action, kPlain).json()["choices"][0]["text"], "wörld big hello");
    EXPECT_EQ(call(action).read_until("H").size(), 37U);
}

TEST_F(Faults, BytesOfAStreamAreCountedToo) {
    boost::system::error_code error;
    const auto bytes = call({{"reset_after_bytes", 200}}).read_to_end(error);
    EXPECT_LE(bytes.size(), 200U);
    EXPECT_EQ(error, boost::asio::error::connection_reset);

    EXPECT_EQ(call({{"stall_after_bytes", 10}}).read_until("HTTP/1.1 2").size(), 10U);
}

TEST_F(Faults, AnAnswerCanLackItsChoicesOrBeNothingAtAll) {
    EXPECT_FALSE(answer({{"remove", "/choices"}}, kPlain).json().contains("choices"));
    EXPECT_FALSE(
        answer({{"remove", {"/choices/0/text"}}}, kPlain).json()["choices"][0].contains("text")
    );
    EXPECT_EQ(answer({{"answer", "null_body"}}, kPlain).body, "null");
    EXPECT_EQ(answer({{"close", true}}, kPlain).error, boost::beast::http::error::end_of_stream);
}

TEST_F(Faults, OneDeadlyTextFailsTheWholeList) {
    sim_.control(
        "POST",
        "/sim/faults",
        json::parse(
            R"([{"match": {"text_contains": "poison"}, "action": {"answer": "engine_dead"}}])"
        )
    );

    EXPECT_EQ(sim_.post("/v1/completions", {{"prompt", {"a", "b poison"}}}).status, 500);
    EXPECT_EQ(sim_.post("/v1/completions", {{"prompt", {"a", "b"}}}).status, 200);
    EXPECT_THAT(sim_.control("GET", "/sim/calls").body, Not(HasSubstr("poison")));
}

TEST_F(Faults, TheEngineDiesInTheMiddleOfAStreamAndComesBackByItself) {
    boost::system::error_code error;
    call({{"down_for_ms", 50}, {"after_events", 1}}).read_to_end(error);
    EXPECT_TRUE(error);
    EXPECT_EQ(sim_.wait_for_events("aborted", 1).front()["reason"], "engine down");

    sim_.control("DELETE", "/sim/faults");
    for (;;) {  // until it is back; the time limit of the test ends it
        try {
            EXPECT_EQ(sim_.get("/health").status, 200);
            break;
        } catch (const boost::system::system_error&) {
        }
    }
}

TEST_F(Faults, TheProcessCanDieInTheMiddleOfAStream) {
    boost::system::error_code error;
    call({{"die", true}, {"after_events", 1}}).read_to_end(error);

    const int status = sim_.wait_for_end(0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

}  // namespace
}  // namespace engine_sim
