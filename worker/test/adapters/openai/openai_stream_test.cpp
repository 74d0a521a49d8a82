// Calls whose answers are streamed, against a server that streams as a test tells it.
#include "adapters/make_adapter.hpp"
#include "support/adapter_calls.hpp"
#include "support/http_imposter.hpp"
#include "support/process_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

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

const std::string kRole = sse(
    R"({"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})"
);
const std::string kText =
    sse(R"({"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]})");
const std::string kStop =
    sse(R"({"choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}]})");
const std::string kUsage = sse(R"({"choices":[],"usage":{"completion_tokens":1}})");
const std::string kDone = sse("[DONE]");
const std::string kChat = kRole + kText + kStop + kUsage + kDone;

EndpointOptions options_for(const HttpImposter& server) {
    return {
        .model = "llama",
        .url = server.url("/v1"),
        .engine_model = "meta/llama",
        .api_key = {},
        .tls = {}
    };
}

std::unique_ptr<Adapter> adapter_for(const HttpImposter& server, EngineKind engine = kVllm) {
    return make_adapter(engine, options_for(server), std::make_shared<HttpEngine>()).value();
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

EngineCall completion_call(json body) {
    EngineCall call = chat_call();
    call.task = Task::kCompletion;
    call.body = std::move(body);
    return call;
}

CallOptions within(std::chrono::milliseconds time) {
    return {.deadline = steady_clock::now() + time};
}

Outcome<EngineReply> run(
    Adapter& adapter, EngineCall call, CallOptions options = within(kPatience)
) {
    const CallBox box;
    adapter.call(std::move(call), std::move(options), box.completion());
    Outcome<EngineReply> outcome = box.wait();
    EXPECT_EQ(box.count(), 1);
    return outcome;
}

EngineReply reply_of(const Outcome<EngineReply>& outcome) {
    if (const auto* error = std::get_if<Error>(&outcome)) {
        ADD_FAILURE() << error->message;
        return {};
    }
    return std::get<EngineReply>(outcome);
}

Error error_after(Reaction reaction, CallOptions options = within(kPatience)) {
    const HttpImposter server([&reaction](const SeenRequest&) { return reaction; });
    return error_of(run(*adapter_for(server), chat_call(), std::move(options)));
}

TEST(OpenAiStream, BecomesAWholeReply) {
    const HttpImposter server([](const SeenRequest&) { return reply_stream(kChat); });

    const EngineReply reply = reply_of(run(*adapter_for(server), chat_call()));

    EXPECT_EQ(
        reply.body,
        json::parse(
            R"({"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"completion_tokens":1}})"
        )
    );
    EXPECT_EQ(reply.endpoint, server.url("/v1"));
    EXPECT_GE(reply.time_to_first_token, 1ms);
    EXPECT_LE(reply.time_to_first_token, reply.latency + 1ms);
}

TEST(OpenAiStream, IsAskedForWithItsUsageAndWithEitherFormAccepted) {
    const HttpImposter server([](const SeenRequest&) { return reply_stream(kChat); });
    EngineCall call = chat_call();
    call.body["stream"] = false;
    call.body["stream_options"] = {{"include_usage", false}, {"continuous_usage_stats", true}};

    run(*adapter_for(server), call);

    const SeenRequest seen = server.requests().front();
    EXPECT_EQ(seen.headers.at("accept"), "text/event-stream, application/json");
    EXPECT_EQ(json::parse(seen.body)["stream"], true);
    EXPECT_EQ(json::parse(seen.body)["stream_options"], json::parse(R"({"include_usage":true})"));
}

TEST(OpenAiStream, IsAskedForOfEveryKindOfEngine) {
    for (const EngineKind engine : {kVllm, kSglang, kTensorRtLlm, kOpenVino, kOpenAi}) {
        const HttpImposter server([](const SeenRequest&) { return reply_stream(kChat); });

        reply_of(run(*adapter_for(server, engine), chat_call()));

        EXPECT_EQ(json::parse(server.requests().front().body)["stream"], true);
    }
}

TEST(OpenAiStream, IsNotAskedForWhereTheEngineCannotStreamTheAnswer) {
    const HttpImposter server([](const SeenRequest&) {
        return reply_json(R"({"choices":[{"text":"a","finish_reason":"stop"}]})");
    });

    reply_of(
        run(*adapter_for(server),
            completion_call({{"prompt", "a"}, {"prompt_logprobs", 1}, {"stream", true}}))
    );

    const SeenRequest seen = server.requests().front();
    EXPECT_EQ(seen.headers.at("accept"), "application/json");
    EXPECT_FALSE(json::parse(seen.body).contains("stream"));
    EXPECT_FALSE(json::parse(seen.body).contains("stream_options"));
}

TEST(OpenAiStream, MayBeAnsweredWithWholeJson) {
    const HttpImposter server([](const SeenRequest&) {
        return reply_json(
            R"({"choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]})"
        );
    });
    const auto adapter = adapter_for(server);

    const EngineReply reply = reply_of(run(*adapter, chat_call()));
    reply_of(run(*adapter, chat_call()));

    EXPECT_EQ(reply.body["choices"][0]["message"]["content"], "hi");
    EXPECT_EQ(reply.time_to_first_token, 0ms);
    EXPECT_EQ(json::parse(server.requests()[1].body)["stream"], true);
}

Reaction refuse_streams(const SeenRequest& request, const std::string& whole) {
    const bool streams = json::parse(request.body).contains("stream");
    return streams ? reply(400, R"({"error":{"message":"no","param":"stream"}})")
                   : reply_json(whole);
}

TEST(OpenAiStream, ThatAServerRefusesIsAskedForAsAWholeNowAndFromThenOn) {
    const HttpImposter server([](const SeenRequest& request) {
        return refuse_streams(
            request, R"({"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]})"
        );
    });
    const auto adapter = adapter_for(server, kOpenAi);

    reply_of(run(*adapter, chat_call()));
    EXPECT_THAT(server.requests(), SizeIs(2));
    reply_of(run(*adapter, chat_call()));

    ASSERT_THAT(server.requests(), SizeIs(3));
    EXPECT_FALSE(json::parse(server.requests()[2].body).contains("stream"));
}

TEST(OpenAiStream, IsStillAskedForWhereTheRefusalHadAnotherCause) {
    const HttpImposter server([](const SeenRequest&) {
        return reply(
            400, R"({"error":{"message":"streaming is not the trouble","param":"stream"}})"
        );
    });
    const auto adapter = adapter_for(server, kOpenAi);

    EXPECT_EQ(error_of(run(*adapter, chat_call())).code, ErrorCode::kValidation);
    EXPECT_THAT(server.requests(), SizeIs(2));
    EXPECT_EQ(error_of(run(*adapter, chat_call())).code, ErrorCode::kValidation);

    ASSERT_THAT(server.requests(), SizeIs(4));
    EXPECT_TRUE(json::parse(server.requests()[2].body).contains("stream"));
}

TEST(OpenAiStream, ComesThroughWhateverTheSizeOfTheWrites) {
    std::string body;
    for (const char c : kChat) {
        body += stream_piece(std::string(1, c));
    }
    const HttpImposter server([&body](const SeenRequest&) {
        return Reaction{stream_head() + body + stream_end(), Reaction::Then::kKeepOpen, true};
    });

    const EngineReply reply = reply_of(run(*adapter_for(server), chat_call()));

    EXPECT_EQ(reply.body["choices"][0]["message"]["content"], "hi");
}

TEST(OpenAiStream, InterleavesTheAnswersToAListOfPrompts) {
    const HttpImposter server([](const SeenRequest&) {
        return reply_stream(
            sse(R"({"choices":[{"index":1,"text":"b"}]})") +
            sse(R"({"choices":[{"index":0,"text":"a"}]})") +
            sse(R"({"choices":[{"index":1,"text":"B","finish_reason":"stop"}]})") +
            sse(R"({"choices":[{"index":0,"text":"A","finish_reason":"length"}]})") + kUsage + kDone
        );
    });

    const json body =
        reply_of(run(*adapter_for(server), completion_call({{"prompt", {"x", "y"}}}))).body;

    EXPECT_EQ(body["object"], "text_completion");
    EXPECT_EQ(
        body["choices"][0], json::parse(R"({"index":0,"text":"aA","finish_reason":"length"})")
    );
    EXPECT_EQ(body["choices"][1], json::parse(R"({"index":1,"text":"bB","finish_reason":"stop"})"));
    EXPECT_EQ(body["usage"]["completion_tokens"], 1);
}

TEST(OpenAiStream, MayHaveSeveralChoicesForOnePrompt) {
    const HttpImposter server([](const SeenRequest&) {
        return reply_stream(
            kRole +
            sse(R"({"choices":[{"index":1,"delta":{"content":"ho"},"finish_reason":"stop"}]})") +
            kText + kStop + kDone
        );
    });
    EngineCall call = chat_call();
    call.body["n"] = 2;

    const json choices = reply_of(run(*adapter_for(server), call)).body["choices"];

    ASSERT_EQ(choices.size(), 2U);
    EXPECT_EQ(choices[0]["message"]["content"], "hi");
    EXPECT_EQ(choices[1]["message"]["content"], "ho");
}

TEST(OpenAiStream, MayCallTools) {
    const HttpImposter server([](const SeenRequest&) {
        return reply_stream(
            kRole +
            sse(R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{"}}]}}]})"
            ) +
            sse(R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}}]})"
            ) +
            sse(R"({"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})") + kDone
        );
    });

    const json message =
        reply_of(run(*adapter_for(server), chat_call())).body["choices"][0]["message"];

    EXPECT_EQ(
        message,
        json::parse(
            R"({"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]})"
        )
    );
}

TEST(OpenAiStream, SurvivesKeepAliveComments) {
    const std::string alive = ": keep-alive\n\n";
    const HttpImposter server([&alive](const SeenRequest&) {
        return reply_stream(alive + kRole + alive + ":\n" + kText + alive + kStop + kDone);
    });

    EXPECT_EQ(
        reply_of(run(*adapter_for(server), chat_call())).body["choices"][0]["message"]["content"],
        "hi"
    );
}

TEST(OpenAiStream, ThatEndsWithAnErrorIsThatErrorThoughItSaysDone) {
    const Error late = error_after(reply_stream(
        kRole + kText +
        sse(R"({"error":{"message":"CUDA out of memory","type":"InternalServerError","code":500}})"
        ) +
        kDone
    ));
    EXPECT_EQ(late.error_class, ErrorClass::kOutOfMemory);
    EXPECT_TRUE(late.partial);
    EXPECT_TRUE(late.sent);

    const Error early = error_after(reply_stream(
        sse(R"({"error":{"message":"The engine is currently busy and cannot accept new requests.","code":503}})"
        ) +
        kDone
    ));
    EXPECT_EQ(early.code, ErrorCode::kRateLimited);
    EXPECT_FALSE(early.partial);

    const Error by_code =
        error_after(reply_stream(sse(R"({"error":{"message":"x","code":400}})") + kDone));
    EXPECT_EQ(by_code.error_class, ErrorClass::kFatal);
}

TEST(OpenAiStream, WithoutItsEndIsTransientAndPartial) {
    const std::string bodies[] = {kRole + kText + kStop, kRole + kText + kDone, kRole + kText};
    for (const std::string& body : bodies) {
        const Error error = error_after(reply_stream(body));
        EXPECT_EQ(error.error_class, ErrorClass::kTransient);
        EXPECT_TRUE(error.partial);
    }
}

TEST(OpenAiStream, ThatIsEmptyIsTransient) {
    const Error error = error_after({.bytes = stream_head() + stream_end()});

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_THAT(error.message, HasSubstr("ends before it is finished"));
}

TEST(OpenAiStream, OfAnEngineThatStopsIsTransient) {
    const Error error = error_after(reply_stream(
        kRole +
        sse(R"({"choices":[{"index":0,"delta":{"content":"h"},"finish_reason":"abort"}]})") + kDone
    ));

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_TRUE(error.partial);
    EXPECT_THAT(error.message, HasSubstr("aborted"));
}

TEST(OpenAiStream, ThatIsGarbledEndsAtOnce) {
    const std::string canary = "My-Secret-Prompt";
    const HttpImposter server([&canary](const SeenRequest&) {
        return Reaction{
            stream_head() + stream_piece(kRole + kText + sse("{\"" + canary)), Reaction::Then::kHold
        };
    });

    const Error error = error_of(run(*adapter_for(server), chat_call()));

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_TRUE(error.partial);
    EXPECT_THAT(error.message, Not(HasSubstr(canary)));
    server.wait_for_closed_by_client(1);
}

TEST(OpenAiStream, ThatBreaksInTheMiddleIsTransientAndPartial) {
    for (const Reaction& reaction :
         {reset(stream_head() + stream_piece(kRole + kText)),
          close(stream_head() + stream_piece(kRole + kText))}) {
        const Error error = error_after(reaction);
        EXPECT_EQ(error.error_class, ErrorClass::kTransient);
        EXPECT_EQ(error.code, ErrorCode::kConnection);
        EXPECT_TRUE(error.partial);
        EXPECT_TRUE(error.sent);
    }
}

TEST(OpenAiStream, ThatHasSaidDoneIsWholeWhateverBecomesOfTheConnection) {
    for (const Reaction::Then then :
         {Reaction::Then::kClose, Reaction::Then::kReset, Reaction::Then::kHold}) {
        const HttpImposter server([then](const SeenRequest&) {
            return Reaction{stream_head() + stream_piece(kChat), then};
        });
        reply_of(
            run(*adapter_for(server),
                chat_call(),
                within(then == Reaction::Then::kHold ? 300ms : kPatience))
        );
    }
}

TEST(OpenAiStream, ThatStallsHasItsDeadlineOnlyUnlessToldOtherwise) {
    const Error error = error_after(
        {stream_head() + stream_piece(kRole + kText), Reaction::Then::kHold}, within(200ms)
    );

    EXPECT_EQ(error.error_class, ErrorClass::kTimeout);
    EXPECT_EQ(error.code, ErrorCode::kEngineTimeout);
    EXPECT_TRUE(error.partial);
}

TEST(OpenAiStream, ThatStallsAfterItsFirstEventPassesTheIdleTimeout) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece(kRole), Reaction::Then::kHold};
    });
    EndpointOptions options = options_for(server);
    options.idle_timeout = 100ms;
    const auto adapter = make_adapter(kVllm, options, std::make_shared<HttpEngine>()).value();

    const Error error = error_of(run(*adapter, chat_call()));

    EXPECT_EQ(error.error_class, ErrorClass::kTimeout);
    EXPECT_THAT(error.message, HasSubstr("stopped coming"));
    server.wait_for_closed_by_client(1);
}

TEST(OpenAiStream, MayWaitInAQueueForLongerThanTheIdleTimeout) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece(": keep-alive\n\n"), Reaction::Then::kHold};
    });
    EndpointOptions options = options_for(server);
    options.idle_timeout = 1ms;
    const auto adapter = make_adapter(kVllm, options, std::make_shared<HttpEngine>()).value();

    const Error error = error_of(run(*adapter, chat_call(), within(200ms)));

    EXPECT_THAT(error.message, HasSubstr("within the time limit"));
}

TEST(OpenAiStream, IsClosedByACancelInTheMiddle) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece(kRole + kText), Reaction::Then::kHold};
    });
    const auto adapter = adapter_for(server);
    std::stop_source stop;
    const CallBox box;
    CallOptions options = within(kPatience);
    options.cancel = stop.get_token();
    adapter->call(chat_call(), options, box.completion());
    server.wait_for_held(1);

    const auto cancelled = steady_clock::now();
    stop.request_stop();

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    server.wait_for_closed_by_client(1);
    EXPECT_LT(server.last_closed_by_client() - cancelled, 100ms);
}

TEST(OpenAiStream, AboveTheCapIsRefused) {
    const HttpImposter server([](const SeenRequest&) {
        std::string body;
        for (int i = 0; i < 100; ++i) {
            body += kText;
        }
        return reply_stream(body);
    });
    EndpointOptions options = options_for(server);
    options.max_answer_bytes = 1000;
    const auto adapter = make_adapter(kVllm, options, std::make_shared<HttpEngine>()).value();

    const Error error = error_of(run(*adapter, chat_call()));

    EXPECT_EQ(error.code, ErrorCode::kEngineOom);
    EXPECT_THAT(error.message, HasSubstr("larger than the worker takes"));
}

TEST(OpenAiStream, TellsItsProgress) {
    HttpImposter server([](const SeenRequest&) {
        return Reaction{
            stream_head() + stream_piece(": queued\n\n" + kRole), Reaction::Then::kHold
        };
    });
    OutcomeBox<CallProgress> begun;
    OutcomeBox<CallProgress> first_token;
    CallOptions options = within(kPatience);
    options.on_progress = [told_begun = begun.completion(),
                           told_first = first_token.completion()](const CallProgress& progress) {
        (progress.time_to_first_token ? told_first : told_begun)(progress);
    };
    const CallBox box;
    const auto adapter = adapter_for(server);
    adapter->call(chat_call(), options, box.completion());

    EXPECT_EQ(begun.wait().pieces, 0U);
    server.wait_for_held(1);
    EXPECT_EQ(first_token.count(), 0);
    server.release(stream_piece(kText), Reaction::Then::kHold);
    const CallProgress first = first_token.wait();
    EXPECT_EQ(first.pieces, 1U);
    server.wait_for_held(2);
    EXPECT_EQ(box.count(), 0);
    server.release(stream_piece(kStop + kDone) + stream_end());

    EXPECT_EQ(reply_of(box.wait()).time_to_first_token, first.time_to_first_token);
}

TEST(OpenAiStream, TimesTheFirstTokenAndNotTheFirstByte) {
    HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece(kRole), Reaction::Then::kHold};
    });
    const CallBox box;
    const auto adapter = adapter_for(server);
    const auto started = steady_clock::now();
    adapter->call(chat_call(), within(kPatience), box.completion());
    server.wait_for_held(1);
    // A silent server makes a pause that is no sleep.
    const HttpImposter silent([](const SeenRequest&) { return hold(); });
    run(*adapter_for(silent), chat_call(), within(100ms));

    server.release(stream_piece(kText + kStop + kDone) + stream_end());

    const EngineReply reply = reply_of(box.wait());
    EXPECT_GE(reply.time_to_first_token, 100ms);
    EXPECT_LE(reply.time_to_first_token, steady_clock::now() - started + 1ms);
}

TEST(OpenAiStream, LeavesItsConnectionForTheNextCall) {
    const HttpImposter server([](const SeenRequest&) { return reply_stream(kChat); });
    const auto adapter = adapter_for(server);

    for (int i = 0; i < 3; ++i) {
        reply_of(run(*adapter, chat_call()));
    }

    EXPECT_EQ(server.connections(), 1);
}

TEST(OpenAiStream, AThousandAtOnceUseNoThreadsOfTheirOwn) {
    constexpr std::size_t kCalls = 1000;
    HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece(kRole + kText), Reaction::Then::kHold};
    });
    const auto adapter = adapter_for(server);
    const int threads_before = process_threads();
    std::vector<CallBox> boxes(kCalls);
    for (const CallBox& box : boxes) {
        adapter->call(chat_call(), within(60s), box.completion());
    }

    server.wait_for_held(static_cast<int>(kCalls));
    EXPECT_LE(process_threads(), threads_before);
    EXPECT_LE(process_threads(), 16);
    server.release(stream_piece(kStop + kUsage + kDone) + stream_end());

    for (const CallBox& box : boxes) {
        EXPECT_EQ(reply_of(box.wait()).body["choices"][0]["message"]["content"], "hi");
        EXPECT_EQ(box.count(), 1);
    }
}

TEST(OpenAiRequest, AboveTheLimitIsRefusedUnsentAndNamesItsSize) {
    const HttpImposter server([](const SeenRequest&) { return reply_stream(kChat); });
    EndpointOptions options = options_for(server);
    options.max_request_bytes = 200;
    const auto adapter = make_adapter(kOpenAi, options, std::make_shared<HttpEngine>()).value();
    EngineCall call = chat_call();
    reply_of(run(*adapter, call));
    const std::size_t size = server.requests().front().body.size();
    call.body["user"] = std::string(200 - size - std::string_view(R"("user":"",)").size(), 'x');
    reply_of(run(*adapter, call));

    call.body["user"] = call.body["user"].get<std::string>() + "x";
    const Error error = error_of(run(*adapter, call));

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(error.code, ErrorCode::kValidation);
    EXPECT_FALSE(error.sent);
    EXPECT_THAT(error.message, HasSubstr("201 bytes"));
    EXPECT_THAT(error.message, HasSubstr("at most 200"));
    EXPECT_THAT(server.requests(), SizeIs(2));
}

struct Habits {
    EngineKind engine;
    json priority;  // in the body, for a call of priority 20
};

TEST(OpenAiRequest, CarriesIdTraceAndPriorityAsEachEngineTakesThem) {
    for (const Habits& habits :
         {Habits{kVllm, 20},
          Habits{kSglang, nullptr},
          Habits{kTensorRtLlm, nullptr},
          Habits{kOpenVino, nullptr},
          Habits{kOpenAi, nullptr}}) {
        const HttpImposter server([](const SeenRequest&) { return reply_stream(kChat); });
        const auto adapter = adapter_for(server, habits.engine);
        EngineCall own = chat_call();
        own.body["priority"] = 3;

        reply_of(run(*adapter, chat_call()));
        reply_of(run(*adapter, own));

        const SeenRequest seen = server.requests()[0];
        EXPECT_EQ(seen.headers.at("x-request-id"), "job-1");
        EXPECT_EQ(seen.headers.at("traceparent"), "00-ab-cd-01");
        EXPECT_EQ(json::parse(seen.body).value("priority", json()), habits.priority);
        EXPECT_EQ(json::parse(server.requests()[1].body)["priority"], 3);
    }
}

}  // namespace
}  // namespace inference
