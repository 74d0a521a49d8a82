#include "adapters/make_adapter.hpp"
#include "support/adapter_calls.hpp"
#include "support/http_imposter.hpp"
#include "support/process_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;
using namespace inference::testing;
using nlohmann::json;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using enum EngineKind;

constexpr const char* kChatAnswer =
    R"({"choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"completion_tokens":1}})";

std::unique_ptr<Adapter> adapter_for(
    EngineKind engine, const std::string& url, std::string api_key = {}
) {
    EndpointOptions options{
        .model = "llama",
        .url = url,
        .engine_model = "meta/llama",
        .api_key = std::move(api_key),
        .tls = {}
    };
    return make_adapter(engine, std::move(options), std::make_shared<HttpEngine>()).value();
}

EngineCall chat_call() {
    return {
        .model = "llama",
        .task = Task::kChat,
        .body = {{"model", "meta/llama"}, {"messages", json::array()}},
        .request_id = "job-1",
        .traceparent = "00-ab-cd-01",
        .priority = 20
    };
}

TEST(OpenAiAdapter, SendsAChatAndReturnsTheReply) {
    const HttpImposter server([](const SeenRequest&) { return reply_json(kChatAnswer); });
    const auto adapter = adapter_for(kVllm, server.url("/v1"), "secret");

    const EngineReply reply = std::get<EngineReply>(run(*adapter, chat_call()));

    EXPECT_EQ(reply.body, json::parse(kChatAnswer));
    EXPECT_EQ(reply.endpoint, server.url("/v1"));
    EXPECT_EQ(adapter->endpoint(), server.url("/v1"));
    const SeenRequest seen = server.requests().front();
    EXPECT_EQ(seen.target, "/v1/chat/completions");
    EXPECT_EQ(seen.headers.at("content-type"), "application/json");
    EXPECT_EQ(seen.headers.at("authorization"), "Bearer secret");
    EXPECT_EQ(seen.headers.at("x-request-id"), "job-1");
    EXPECT_EQ(seen.headers.at("traceparent"), "00-ab-cd-01");
    EXPECT_EQ(json::parse(seen.body)["model"], "meta/llama");
}

TEST(OpenAiAdapter, PutsEachTaskWhereTheEngineServesIt) {
    const std::vector<std::pair<Task, std::string>> paths{
        {Task::kChat, "/v1/chat/completions"},
        {Task::kCompletion, "/v1/completions"},
        {Task::kEmbed, "/v1/embeddings"},
        {Task::kScore, "/v1/score"},
        {Task::kRerank, "/v1/rerank"},
        {Task::kClassify, "/classify"},
        {Task::kPooling, "/pooling"}
    };
    const HttpImposter server([](const SeenRequest&) { return reply_json("{}"); });
    const auto adapter = adapter_for(kVllm, server.url("/v1"));

    for (const auto& [task, path] : paths) {
        EngineCall call = chat_call();
        call.task = task;
        run(*adapter, call);

        EXPECT_EQ(server.requests().back().target, path);
    }
}

TEST(OpenAiAdapter, SendsNoHeaderThatWouldBreakTheRequest) {
    const HttpImposter server([](const SeenRequest&) { return reply_json(kChatAnswer); });
    EngineCall call = chat_call();
    call.request_id = "job\r\nX-Evil: 1";

    EXPECT_TRUE(
        std::holds_alternative<EngineReply>(run(*adapter_for(kVllm, server.url("/v1")), call))
    );

    EXPECT_FALSE(server.requests()[0].headers.contains("x-evil"));
    EXPECT_FALSE(server.requests()[0].headers.contains("x-request-id"));
}

TEST(OpenAiAdapter, RefusesTensorsWithoutSendingThem) {
    const HttpImposter server([](const SeenRequest&) { return reply_json(kChatAnswer); });
    EngineCall call = chat_call();
    call.task = Task::kTensors;

    const Error error = error_of(run(*adapter_for(kVllm, server.url("/v1")), call));

    EXPECT_EQ(error.code, ErrorCode::kUnsupported);
    EXPECT_FALSE(error.sent);
    EXPECT_EQ(server.connections(), 0);
}

TEST(OpenAiAdapter, RefusesTextThatIsNotUtf8) {
    const HttpImposter server([](const SeenRequest&) { return reply_json(kChatAnswer); });
    EngineCall call = chat_call();
    call.body["messages"] = "\xff";

    EXPECT_EQ(
        error_of(run(*adapter_for(kVllm, server.url("/v1")), call)).code, ErrorCode::kValidation
    );
    EXPECT_EQ(server.connections(), 0);
}

TEST(OpenAiAdapter, ClassifiesWhatTheEngineAnswers) {
    const HttpImposter server([](const SeenRequest&) {
        return reply(
            503,
            R"({"error":{"message":"The engine is currently busy and cannot accept new requests."}})",
            "application/json",
            "Retry-After: 7\r\n"
        );
    });

    const Error error = error_of(run(*adapter_for(kVllm, server.url("/v1")), chat_call()));

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_EQ(error.code, ErrorCode::kRateLimited);
    EXPECT_EQ(error.retry_after, 7s);
    EXPECT_TRUE(error.sent);
    EXPECT_EQ(error.endpoint, server.url("/v1"));
    EXPECT_THAT(error.message, HasSubstr("model 'llama' at " + server.url("/v1")));
}

TEST(OpenAiAdapter, ClassifiesA200ThatIsNone) {
    const HttpImposter server([](const SeenRequest& request) {
        switch (request.number_on_connection) {
            case 1: return reply(200, "<html>", "text/html");
            case 2: return reply_json("null");
            case 3: return reply_json(R"({"error":{"message":"CUDA out of memory"}})");
            default: return reply_json(R"({"choices":[{"message":{},"finish_reason":"abort"}]})");
        }
    });
    const auto adapter = adapter_for(kVllm, server.url("/v1"));

    EXPECT_EQ(error_of(run(*adapter, chat_call())).error_class, ErrorClass::kTransient);
    EXPECT_EQ(error_of(run(*adapter, chat_call())).error_class, ErrorClass::kTransient);
    EXPECT_EQ(error_of(run(*adapter, chat_call())).error_class, ErrorClass::kOutOfMemory);
    const Error aborted = error_of(run(*adapter, chat_call()));
    EXPECT_EQ(aborted.error_class, ErrorClass::kTransient);
    EXPECT_TRUE(aborted.partial);
}

TEST(OpenAiAdapter, DeadlineIsATimeoutThatWasSent) {
    const HttpImposter server([](const SeenRequest&) { return hold(); });

    const Error error = error_of(run(*adapter_for(kVllm, server.url("/v1")), chat_call(), 100ms));

    EXPECT_EQ(error.error_class, ErrorClass::kTimeout);
    EXPECT_EQ(error.code, ErrorCode::kEngineTimeout);
    EXPECT_TRUE(error.sent);
    server.wait_for_closed_by_client(1);
}

TEST(OpenAiAdapter, StoppedEngineIsNothingSent) {
    std::string url;
    {
        const HttpImposter server([](const SeenRequest&) { return hold(); });
        url = server.url("/v1");
    }

    const Error error = error_of(run(*adapter_for(kVllm, url), chat_call()));

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_EQ(error.code, ErrorCode::kConnection);
    EXPECT_FALSE(error.sent);
    EXPECT_THAT(error.message, HasSubstr("start the engine"));
}

TEST(OpenAiAdapter, CancelClosesTheConnection) {
    const HttpImposter server([](const SeenRequest&) { return hold(); });
    const auto adapter = adapter_for(kVllm, server.url("/v1"));
    std::stop_source stop;
    const CallBox box;
    start(*adapter, chat_call(), box, stop.get_token());
    server.wait_for_requests(1);

    const auto cancelled = steady_clock::now();
    stop.request_stop();

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    server.wait_for_closed_by_client(1);
    EXPECT_LT(server.last_closed_by_client() - cancelled, 100ms);
}

TEST(OpenAiAdapter, MayBeDestroyedWithCallsUnderWay) {
    const HttpImposter server([](const SeenRequest&) { return hold(); });
    const CallBox box;
    {
        const auto adapter = adapter_for(kVllm, server.url("/v1"));
        start(*adapter, chat_call(), box);
        server.wait_for_requests(1);
    }

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    EXPECT_EQ(box.count(), 1);
}

TEST(OpenAiAdapter, QuotesNoTextOfTheEngine) {
    const std::string canary = "My-Secret-Prompt";
    for (const std::string& body :
         {canary,
          R"({"error":")" + canary + R"("})",
          R"({"choices":[{"message":")" + canary + R"(","finish_reason":"stop"}]})"}) {
        for (const int status : {200, 400, 500}) {
            const HttpImposter server([&](const SeenRequest&) { return reply(status, body); });
            const Error error = error_of(run(*adapter_for(kVllm, server.url("/v1")), chat_call()));
            EXPECT_THAT(error.message, Not(HasSubstr(canary)));
        }
    }
}

TEST(OpenAiAdapter, KeyWithALineBreakIsRefusedAtOnce) {
    const auto adapter = make_adapter(
        kVllm,
        {.model = "llama", .url = "http://a/v1", .engine_model = "x", .api_key = "key\n", .tls = {}
        },
        std::make_shared<HttpEngine>()
    );

    ASSERT_FALSE(adapter);
    EXPECT_EQ(adapter.error().code, ErrorCode::kAuth);
    EXPECT_THAT(adapter.error().message, Not(HasSubstr("key\n")));
}

Outcome<Ready> probe(EngineKind engine, Reaction reaction, std::string* path = nullptr) {
    const HttpImposter server([&reaction](const SeenRequest&) { return reaction; });
    const auto adapter = adapter_for(engine, server.url("/v1"));
    const ReadyBox box;
    adapter->ready({.deadline = steady_clock::now() + 200ms}, box.completion());
    const Outcome<Ready> outcome = box.wait();
    if (path != nullptr && !server.requests().empty()) {
        *path = server.requests().front().method + " " + server.requests().front().target;
    }
    return outcome;
}

TEST(OpenAiAdapter, IsReadyWhenTheEngineSaysSo) {
    std::string path;

    EXPECT_TRUE(std::holds_alternative<Ready>(probe(kVllm, reply(200, ""), &path)));

    EXPECT_EQ(path, "GET /health");
}

TEST(OpenAiAdapter, IsReadyWhenTheEngineAnswersThoughItHasNoSuchPath) {
    EXPECT_TRUE(std::holds_alternative<Ready>(probe(kVllm, reply(404, ""))));
    EXPECT_TRUE(std::holds_alternative<Ready>(probe(kOpenAi, reply(429, ""))));
    EXPECT_TRUE(std::holds_alternative<Ready>(probe(kVllm, reply(501, ""))));
}

TEST(OpenAiAdapter, IsNotReadyWhenTheEngineIsDeadOrSilent) {
    for (const Reaction& reaction : {reply(503, ""), hold()}) {
        const Error error = error_of(probe(kVllm, reaction));
        EXPECT_EQ(error.error_class, ErrorClass::kTransient);
        EXPECT_EQ(error.code, ErrorCode::kEngineNotReady);
    }
    EXPECT_EQ(error_of(probe(kVllm, reset())).code, ErrorCode::kConnection);
}

TEST(OpenAiAdapter, IsNotReadyWhenTheKeyIsRefused) {
    EXPECT_EQ(error_of(probe(kOpenAi, reply(401, ""))).code, ErrorCode::kAuth);
}

TEST(OpenAiAdapter, AThousandCallsInFlightUseNoThreadsOfTheirOwn) {
    constexpr std::size_t kCalls = 1000;
    HttpImposter server([](const SeenRequest&) { return hold(); });
    const auto adapter = adapter_for(kVllm, server.url("/v1"));
    const int threads_before = process_threads();
    std::vector<CallBox> boxes(kCalls);
    for (const CallBox& box : boxes) {
        adapter->call(chat_call(), {.deadline = steady_clock::now() + 60s}, box.completion());
    }

    server.wait_for_requests(kCalls);
    EXPECT_LE(process_threads(), threads_before);
    server.release(reply_json(kChatAnswer).bytes);

    for (const CallBox& box : boxes) {
        EXPECT_TRUE(std::holds_alternative<EngineReply>(box.wait()));
        EXPECT_EQ(box.count(), 1);
    }
}

}  // namespace
}  // namespace inference
