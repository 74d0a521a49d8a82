#include "activities/engine_pool.hpp"

#include "support/http_imposter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using inference::testing::hold;
using inference::testing::HttpImposter;
using inference::testing::reply;
using inference::testing::reply_json;
using inference::testing::reset;
using inference::testing::SeenRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kPatience = 20s;
constexpr char kAnswer[] =
    R"({"choices":[{"index":0,"text":"hi","finish_reason":"stop"}],"usage":{"completion_tokens":1}})";
constexpr char kHealthy[] = "{}";

std::string as_http(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// An address at which nobody listens any more.
std::string address_of_nobody() {
    return HttpImposter([](const SeenRequest&) { return hold(); }).url("/v1");
}

HttpImposter::Handler answers() {
    return [](const SeenRequest&) { return reply_json(kAnswer); };
}
HttpImposter::Handler fails_with(int status, const std::string& body) {
    return [=](const SeenRequest& seen) {
        return seen.method == "GET" ? reply_json(kHealthy) : reply(status, body);
    };
}

Model model_at(std::vector<std::string> endpoints) {
    Model model;
    model.name = model.engine_model = "echo";
    model.endpoints = std::move(endpoints);
    return model;
}

/// "endpoint outcome" of each call, in the order in which they ended.
class EndedCalls : public WorkObserver {
public:
    void call_ended(const EndedCall& call) override {
        const std::lock_guard lock(mutex_);
        calls_.push_back(std::string(call.endpoint) + " " + std::string(call.outcome));
    }
    [[nodiscard]] std::vector<std::string> calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> calls_;
};

class EnginePoolTest : public ::testing::Test {
protected:
    using Answer = std::future<Outcome<EngineReply>>;

    void serve(
        Model model,
        const std::shared_ptr<WorkObserver>& observer = std::make_shared<WorkObserver>()
    ) {
        auto pool = EnginePool::make(ModelRegistry({std::move(model)}), {.observer = observer});
        ASSERT_TRUE(pool) << pool.error().message;
        pool_ = *std::move(pool);
    }

    Answer call(int priority = 10, std::stop_token cancel = {}, std::size_t prompts = 1) {
        EngineCall call;
        call.model = "echo";
        call.task = Task::kCompletion;
        call.body = {{"model", "echo"}, {"prompt", "p"}};
        if (prompts > 1) {
            call.body["prompt"] = std::vector<std::string>(prompts, "p");
        }
        call.priority = priority;
        CallOptions options;
        options.deadline = std::chrono::steady_clock::now() + kPatience;
        options.cancel = std::move(cancel);
        auto promise = std::make_shared<std::promise<Outcome<EngineReply>>>();
        Answer answer = promise->get_future();
        pool_->call(std::move(call), options, kPatience, [promise](Outcome<EngineReply> outcome) {
            promise->set_value(std::move(outcome));
        });
        return answer;
    }

    static Outcome<EngineReply> outcome_of(Answer answer) {
        if (answer.wait_for(kPatience) != std::future_status::ready) {
            ADD_FAILURE() << "no outcome";
            return Cancelled{};
        }
        return answer.get();
    }
    static Error error_of(Answer answer) {
        const Outcome<EngineReply> outcome = outcome_of(std::move(answer));
        const auto* error = std::get_if<Error>(&outcome);
        return error == nullptr ? fatal(ErrorCode::kStorage, "it was answered") : *error;
    }
    static bool is_answered(Answer answer) {
        return std::holds_alternative<EngineReply>(outcome_of(std::move(answer)));
    }

    std::shared_ptr<EnginePool> pool_;
};

TEST_F(EnginePoolTest, ACallThatCannotBeSentGoesOnToTheNextEndpoint) {
    const HttpImposter well(answers());
    serve(model_at({address_of_nobody(), address_of_nobody(), well.url("/v1")}));

    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(is_answered(call()));
    }
}

TEST_F(EnginePoolTest, WhereNobodyListensTheCallIsToldAsUnsent) {
    serve(model_at({address_of_nobody(), address_of_nobody()}));

    const Error error = error_of(call());

    EXPECT_FALSE(error.sent);
    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
}

TEST_F(EnginePoolTest, TheLeastLoadedEndpointIsTaken) {
    const HttpImposter busy([](const SeenRequest&) { return hold(); });
    const HttpImposter idle(answers());
    serve(model_at({busy.url("/v1"), idle.url("/v1")}));
    const Answer held = call();
    busy.wait_for_held(1);

    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(is_answered(call()));
    }

    EXPECT_EQ(busy.requests().size(), 1U);
}

TEST_F(EnginePoolTest, FiveFailuresInARowOpenTheCircuitAndTheEngineIsLeftAlone) {
    const HttpImposter broken(fails_with(500, "{}"));
    serve(model_at({broken.url("/v1")}));
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(error_of(call()).code, ErrorCode::kEngine5xx);
    }

    const Error open = error_of(call());

    EXPECT_EQ(open.code, ErrorCode::kCircuitOpen);
    EXPECT_FALSE(open.sent);
    ASSERT_TRUE(open.retry_after);
    EXPECT_GT(*open.retry_after, 25s);
    EXPECT_LE(*open.retry_after, 30s);
    EXPECT_EQ(broken.requests().size(), 5U);
}

TEST_F(EnginePoolTest, TheOtherEndpointsTakeTheCallsOfOneWithAnOpenCircuit) {
    const HttpImposter broken(fails_with(500, "{}"));
    const HttpImposter well(answers());
    serve(model_at({broken.url("/v1"), well.url("/v1")}));
    for (int i = 0; i < 10; ++i) {
        outcome_of(call());
    }

    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(is_answered(call()));
    }

    EXPECT_EQ(broken.requests().size(), 5U);
}

TEST_F(EnginePoolTest, AnEngineThatIsFullOrRefusesARequestIsNotTakenForBroken) {
    constexpr char kFull[] =
        R"({"error":{"message":"The engine is currently busy and cannot accept new requests. Please try again later )"
        R"(or on a different instance.","type":"Service Unavailable","param":null,"code":503}})";
    const HttpImposter full(fails_with(503, kFull));
    serve(model_at({full.url("/v1")}));

    for (int i = 0; i < 8; ++i) {
        EXPECT_EQ(error_of(call()).code, ErrorCode::kRateLimited);
    }
}

TEST_F(EnginePoolTest, AfterACallBrokeOffTheEndpointIsFirstAskedWhetherItIsReady) {
    const HttpImposter server([](const SeenRequest& seen) {
        if (seen.method == "GET") {
            return reply_json(kHealthy);
        }
        return seen.connection == 1 ? reset() : reply_json(kAnswer);
    });
    serve(model_at({server.url("/v1")}));
    EXPECT_EQ(error_of(call()).code, ErrorCode::kConnection);

    EXPECT_TRUE(is_answered(call()));
    EXPECT_TRUE(is_answered(call()));

    std::string methods;
    for (const SeenRequest& seen : server.requests()) {
        methods += seen.method + " ";
    }
    EXPECT_EQ(methods, "POST GET POST POST ");
}

TEST_F(EnginePoolTest, WhileItIsNotReadyNoCallIsSentAndNoTryIsUsed) {
    const HttpImposter server([](const SeenRequest& seen) {
        return seen.method == "GET" ? reply(503, "") : reset();
    });
    serve(model_at({server.url("/v1")}));
    error_of(call());

    const Error error = error_of(call());

    EXPECT_EQ(error.code, ErrorCode::kEngineNotReady);
    EXPECT_FALSE(error.sent);
    EXPECT_EQ(server.requests().back().method, "GET");
}

TEST_F(EnginePoolTest, AServerThatRefusesTheQuestionGetsTheCall) {
    const HttpImposter server([](const SeenRequest& seen) {
        if (seen.method == "GET") {
            return reply(401, "");
        }
        return seen.connection == 1 ? reset() : reply_json(kAnswer);
    });
    serve(model_at({server.url("/v1")}));
    error_of(call());

    EXPECT_TRUE(is_answered(call()));
}

TEST_F(EnginePoolTest, CallsAboveTheLimitWaitAndTheMoreUrgentComesFirst) {
    HttpImposter server([](const SeenRequest&) { return hold(); });
    Model model = model_at({server.url("/v1")});
    model.max_concurrency = 1;
    serve(std::move(model));
    Answer first = call();
    server.wait_for_held(1);
    Answer low = call(20);
    Answer high = call(0);

    server.release(as_http(kAnswer));
    EXPECT_TRUE(is_answered(std::move(first)));
    server.wait_for_held(2);
    EXPECT_EQ(server.requests().size(), 2U);
    server.release(as_http(kAnswer));
    EXPECT_TRUE(is_answered(std::move(high)));
    server.wait_for_held(3);
    server.release(as_http(kAnswer));
    EXPECT_TRUE(is_answered(std::move(low)));
}

TEST_F(EnginePoolTest, AWaitingCallThatIsCancelledNeverReachesTheEngine) {
    HttpImposter server([](const SeenRequest&) { return hold(); });
    Model model = model_at({server.url("/v1")});
    model.max_concurrency = 1;
    serve(std::move(model));
    Answer first = call();
    server.wait_for_held(1);
    std::stop_source cancel;
    Answer waiting = call(10, cancel.get_token());

    cancel.request_stop();

    EXPECT_TRUE(std::holds_alternative<Cancelled>(outcome_of(std::move(waiting))));
    server.release(as_http(kAnswer));
    EXPECT_TRUE(is_answered(std::move(first)));
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(EnginePoolTest, WhatWaitsWhenThePoolGoesIsCancelled) {
    HttpImposter server([](const SeenRequest&) { return hold(); });
    Model model = model_at({server.url("/v1")});
    model.max_concurrency = 1;
    serve(std::move(model));
    Answer first = call();
    server.wait_for_held(1);
    Answer waiting = call();

    pool_.reset();

    EXPECT_TRUE(std::holds_alternative<Cancelled>(outcome_of(std::move(first))));
    EXPECT_TRUE(std::holds_alternative<Cancelled>(outcome_of(std::move(waiting))));
}

TEST_F(EnginePoolTest, TheSizeThatRanOutOfMemoryIsRemembered) {
    const HttpImposter server(fails_with(500, R"({"error":"CUDA out of memory"})"));
    Model model = model_at({server.url("/v1")});
    serve(model);
    EXPECT_EQ(pool_->batch_limit(model), 0);

    EXPECT_EQ(error_of(call(10, {}, 8)).error_class, ErrorClass::kOutOfMemory);

    EXPECT_EQ(pool_->batch_limit(model), 4);
    model.max_batch = 3;
    EXPECT_EQ(pool_->batch_limit(model), 3);
    model.max_batch = 6;
    EXPECT_EQ(pool_->batch_limit(model), 4);
}

TEST_F(EnginePoolTest, TellsOfEachEndpointThatWasGivenTheCallWhatCameOfIt) {
    const HttpImposter well(answers());
    const auto ended = std::make_shared<EndedCalls>();
    const std::string nobody = address_of_nobody();
    serve(model_at({nobody, well.url("/v1")}), ended);

    EXPECT_TRUE(is_answered(call()));

    EXPECT_THAT(ended->calls(), ElementsAre(nobody + " not_sent", well.url("/v1") + " completed"));
}

TEST_F(EnginePoolTest, TellsTheClassOfAnErrorAndThatACallWasCancelled) {
    std::atomic<bool> is_first = true;
    HttpImposter server([&](const SeenRequest&) {
        return is_first.exchange(false) ? reply(400, "{}") : hold();
    });
    const auto ended = std::make_shared<EndedCalls>();
    serve(model_at({server.url("/v1")}), ended);
    EXPECT_EQ(error_of(call()).error_class, ErrorClass::kFatal);
    std::stop_source cancel;
    Answer second = call(10, cancel.get_token());
    server.wait_for_held(1);

    cancel.request_stop();
    outcome_of(std::move(second));

    EXPECT_THAT(
        ended->calls(), ElementsAre(server.url("/v1") + " Fatal", server.url("/v1") + " canceled")
    );
}

TEST_F(EnginePoolTest, ShowsTheCircuitOfEachEndpoint) {
    const HttpImposter broken(fails_with(500, "{}"));
    const HttpImposter well(answers());
    serve(model_at({broken.url("/v1"), well.url("/v1")}));
    for (int i = 0; i < 10; ++i) {
        outcome_of(call());
    }

    EXPECT_THAT(
        pool_->models().at("echo")->circuits(),
        ElementsAre(Breaker::State::kOpen, Breaker::State::kClosed)
    );
}

TEST_F(EnginePoolTest, AModelOfAnotherConfigurationIsNamed) {
    serve(model_at({address_of_nobody()}));
    EngineCall unknown;
    unknown.model = "elsewhere";
    std::promise<Outcome<EngineReply>> answer;
    pool_->call(unknown, {.deadline = {}}, kPatience, [&](Outcome<EngineReply> outcome) {
        answer.set_value(std::move(outcome));
    });

    const auto outcome = answer.get_future().get();
    EXPECT_EQ(std::get<Error>(outcome).code, ErrorCode::kModelNotFound);
    EXPECT_THAT(std::get<Error>(outcome).message, HasSubstr("'elsewhere'"));
}

}  // namespace
}  // namespace inference
