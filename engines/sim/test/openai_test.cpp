// The OpenAI dialect, from outside the process.

#include "sim_process.hpp"

#include <boost/beast/http/error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <fstream>

namespace engine_sim {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

const json kHello = {{"model", "sim"}, {"prompt", "hello big world"}};

std::size_t threads_of(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string key;
    std::size_t threads = 0;
    while (status >> key && key != "Threads:") {
    }
    status >> threads;
    return threads;
}

TEST(OpenAiDialect, AnswersOnAllItsPaths) {
    SimProcess sim({"--model", "sim"});

    EXPECT_EQ(sim.get("/health").status, 200);
    EXPECT_EQ(sim.get("/v1/models").json()["data"][0]["id"], "sim");
    EXPECT_EQ(sim.post("/v1/completions", kHello).json()["choices"][0]["text"], "world big hello");
    const json messages = {{{"role", "user"}, {"content", "how are you"}}};
    EXPECT_EQ(
        sim.post(
               "/v1/chat/completions", {{"messages", messages}}
        ).json()["choices"][0]["message"]["content"],
        "you are how"
    );
    EXPECT_EQ(sim.post("/v1/embeddings", {{"input", {"a", "b"}}}).json()["data"].size(), 2U);
    for (const char* const path : {"/score", "/v1/score"}) {
        EXPECT_EQ(sim.post(path, {{"text_1", "a"}, {"text_2", "a"}}).json()["data"].size(), 1U);
    }
    for (const char* const path : {"/rerank", "/v1/rerank", "/v2/rerank"}) {
        EXPECT_EQ(
            sim.post(path, {{"query", "a"}, {"documents", {"a"}}}).json()["results"].size(), 1U
        );
    }
    EXPECT_EQ(sim.post("/classify", {{"input", "a"}}).json()["data"].size(), 1U);
    EXPECT_EQ(sim.post("/pooling", {{"input", "a"}}).json()["data"].size(), 1U);
    EXPECT_EQ(sim.get("/nowhere").json()["detail"], "Not Found");
    EXPECT_EQ(sim.get("/v1/completions").status, 405);
}

TEST(OpenAiDialect, AsksForItsKeyWhereVllmDoes) {
    SimProcess sim({"--model", "sim", "--api-key", "s3cret"});

    const Reply refused = sim.post("/v1/completions", kHello);
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.body, R"({"error":"Unauthorized"})");
    EXPECT_EQ(sim.get("/health").status, 200);
    const json pair = {{"text_1", "a"}, {"text_2", "b"}};
    EXPECT_EQ(sim.post("/score", pair).status, 200);
    EXPECT_EQ(sim.post("/v1/score", pair).status, 401);
    EXPECT_EQ(sim.post("/v2/rerank", {{"query", "a"}, {"documents", {"b"}}}).status, 401);

    Connection connection = sim.connect();
    connection.send("POST", "/v1/completions", kHello.dump(), {{"Authorization", "Bearer s3cret"}});
    EXPECT_EQ(connection.receive().status, 200);
}

TEST(OpenAiDialect, OneConnectionServesManyCalls) {
    SimProcess sim({"--model", "sim"});
    Connection connection = sim.connect();

    for (int i = 0; i < 3; ++i) {
        connection.send("POST", "/v1/completions", kHello.dump());
        EXPECT_EQ(connection.receive().status, 200);
    }
}

TEST(OpenAiDialect, AnIdleConnectionIsClosed) {
    SimProcess sim({"--model", "sim", "--keep-alive-ms", "20"});
    Connection connection = sim.connect();
    connection.send("POST", "/v1/completions", kHello.dump());
    ASSERT_EQ(connection.receive().status, 200);

    EXPECT_TRUE(connection.receive().error);
}

TEST(OpenAiDialect, CallsBeyondSlotsAndQueueAreRefused) {
    SimProcess sim({"--model", "sim", "--latency-ms", "3600000", "--slots", "1", "--queue", "1"});
    Connection runs = sim.connect();
    runs.send("POST", "/v1/completions", kHello.dump());
    sim.wait_for_events("started", 1);
    Connection waits = sim.connect();
    waits.send("POST", "/v1/completions", kHello.dump());
    sim.wait_for_events("received", 2);

    const Reply refused = sim.post("/v1/completions", kHello);

    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.body, HasSubstr("The engine is currently busy"));
}

TEST(OpenAiDialect, AClientThatHangsUpFreesItsSlotWithinMilliseconds) {
    SimProcess sim({"--model", "sim", "--latency-ms", "3600000", "--slots", "1"});
    Connection first = sim.connect();
    first.send("POST", "/v1/completions", kHello.dump(), {{"X-Request-Id", "first"}});
    sim.wait_for_events("started", 1);
    Connection second = sim.connect();
    second.send("POST", "/v1/completions", kHello.dump());
    sim.wait_for_events("received", 2);

    const auto closed_at = std::chrono::steady_clock::now();
    first.close();
    sim.wait_for_events("started", 2);

    EXPECT_LT(std::chrono::steady_clock::now() - closed_at, 1s);
    const json aborted = sim.events("aborted").at(0);
    EXPECT_EQ(aborted["request_id"], "first");
    EXPECT_EQ(aborted["reason"], "client closed");
    EXPECT_EQ(aborted["was_running"], true);
}

TEST(OpenAiDialect, AThousandCallsRunAtOnceOnAFewThreads) {
    SimProcess sim({"--model", "sim", "--latency-ms", "3600000", "--slots", "1000"});
    std::vector<Connection> connections;
    for (int i = 0; i < 1000; ++i) {
        connections.push_back(sim.connect());
        connections.back().send("POST", "/v1/completions", kHello.dump());
    }

    while (sim.control("GET", "/sim/counts").json()["running"] != 1000) {
    }

    EXPECT_LE(threads_of(sim.pid()), 16U);
}

TEST(OpenAiDialect, TheLogTellsTheLifeOfACall) {
    const std::string file = testing::TempDir() + "/engine_sim_openai_test.jsonl";
    std::remove(file.c_str());
    SimProcess sim({"--model", "sim", "--latency-ms", "5", "--log", file});
    Connection connection = sim.connect();
    connection.send(
        "POST",
        "/v1/completions",
        kHello.dump(),
        {{"X-Request-Id", "r1"}, {"traceparent", "00-ab-cd-01"}}
    );
    ASSERT_EQ(connection.receive().status, 200);

    std::ifstream log(file);
    std::vector<json> events;
    for (std::string line; std::getline(log, line);) {
        events.push_back(json::parse(line));
    }

    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0]["event"], "received");
    EXPECT_EQ(events[0]["request_id"], "r1");
    EXPECT_EQ(events[0]["traceparent"], "00-ab-cd-01");
    EXPECT_EQ(events[1]["event"], "started");
    EXPECT_EQ(events[2]["event"], "finished");
    EXPECT_EQ(events[2]["status"], 200);
    EXPECT_EQ(events[2]["completion_tokens"], 3);
    EXPECT_GE(events[2]["took_us"], 5000);
    EXPECT_THAT(json(events).dump(), testing::Not(HasSubstr("hello")));
    std::remove(file.c_str());
}

TEST(OpenAiDialect, FaultsDamageTheAnswerOnItsWay) {
    SimProcess sim({"--model", "sim"});
    const auto with_fault = [&](const json& action) {
        EXPECT_EQ(
            sim.control("POST", "/sim/faults", json::array({{{"action", action}}})).status, 200
        );
        return sim.post("/v1/completions", kHello);
    };

    EXPECT_EQ(
        with_fault({{"reset_before_byte", true}}).error, boost::asio::error::connection_reset
    );
    EXPECT_EQ(with_fault({{"reset_after_bytes", 30}}).status, 0);
    EXPECT_EQ(with_fault({{"truncate", true}}).error, boost::beast::http::error::partial_message);
    EXPECT_FALSE(json::accept(with_fault({{"garble", true}}).body));
    EXPECT_EQ(with_fault({{"wrong_content_type", true}}).content_type, "text/html");
    EXPECT_THAT(
        with_fault({{"answer", "engine_dead"}}).body, HasSubstr("EngineCore encountered an issue")
    );
    EXPECT_EQ(with_fault({{"delay_ms", 1}}).status, 200);
    EXPECT_EQ(sim.events("finished").back()["fault"], "delay_ms");

    EXPECT_EQ(sim.control("DELETE", "/sim/faults").status, 200);
    EXPECT_EQ(sim.post("/v1/completions", kHello).status, 200);
    EXPECT_EQ(sim.control("POST", "/sim/faults", "nonsense").status, 400);
}

TEST(OpenAiDialect, AStalledCallEndsWhenItsClientGivesUp) {
    SimProcess sim({"--model", "sim"});
    for (const json& action : {json{{"stall", true}}, json{{"stall_after_bytes", 30}}}) {
        sim.control("POST", "/sim/faults", json::array({{{"action", action}}}));
        sim.control("DELETE", "/sim/calls");
        Connection connection = sim.connect();
        connection.send("POST", "/v1/completions", kHello.dump());
        sim.wait_for_events("received", 1);

        connection.close();

        EXPECT_EQ(sim.wait_for_events("aborted", 1).front()["reason"], "client closed") << action;
    }
}

TEST(OpenAiDialect, AFaultCanKillTheProcess) {
    SimProcess sim(
        {"--model", "sim", "--faults", R"([{"match": {"nth": [2]}, "action": {"die": true}}])"}
    );
    EXPECT_EQ(sim.post("/v1/completions", kHello).status, 200);

    EXPECT_EQ(sim.post("/v1/completions", kHello).status, 0);

    const int status = sim.wait_for_end(0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(OpenAiDialect, WhenDownItRefusesConnectionsAndWhenUpItServesOnTheSamePort) {
    SimProcess sim({"--model", "sim", "--latency-ms", "3600000"});
    Connection running = sim.connect();
    running.send("POST", "/v1/completions", kHello.dump());
    sim.wait_for_events("started", 1);

    EXPECT_EQ(sim.control("POST", "/sim/down").status, 200);

    EXPECT_EQ(running.receive().error, boost::asio::error::connection_reset);
    EXPECT_EQ(sim.events("aborted").at(0)["reason"], "engine down");
    EXPECT_THROW(sim.connect(), boost::system::system_error);

    EXPECT_EQ(sim.control("POST", "/sim/up").status, 200);
    EXPECT_EQ(sim.get("/health").status, 200);
}

TEST(OpenAiDialect, SigtermEndsItAtOnceWithCallsInFlight) {
    SimProcess sim({"--model", "sim", "--latency-ms", "3600000"});
    Connection running = sim.connect();
    running.send("POST", "/v1/completions", kHello.dump());
    sim.wait_for_events("started", 1);

    const auto before = std::chrono::steady_clock::now();
    const int status = sim.wait_for_end(SIGTERM);

    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

}  // namespace
}  // namespace engine_sim
