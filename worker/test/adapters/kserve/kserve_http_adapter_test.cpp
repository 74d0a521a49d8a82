#include "adapters/make_adapter.hpp"
#include "support/adapter_calls.hpp"
#include "support/http_imposter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

namespace inference {
namespace {

using namespace std::chrono_literals;
using namespace inference::testing;
using nlohmann::json;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kMetadata = R"({"name":"digits-v2","versions":["1"],
    "inputs":[{"name":"pixels","datatype":"FP32","shape":[-1,2]}],
    "outputs":[{"name":"scores","datatype":"FP32","shape":[-1,1]}]})";
constexpr const char* kConfig = R"({"name":"digits-v2","max_batch_size":4})";
constexpr const char* kAnswer =
    R"({"model_name":"digits-v2","model_version":"1","outputs":[{"name":"scores","datatype":"FP32","shape":[1,1],"data":[0.5]}]})";

/// A server of the model `digits-v2`; what a test changes of it comes before what it has.
HttpImposter::Handler digits(std::map<std::string, Reaction> changed = {}) {
    std::map<std::string, Reaction> known = std::move(changed);
    known.emplace("", reply_json(kMetadata));
    known.emplace("/config", reply_json(kConfig));
    known.emplace("/ready", reply(200, ""));
    known.emplace("/infer", reply_json(kAnswer));
    return [known](const SeenRequest& request) {
        const std::string base = "/v2/models/digits-v2";
        const auto found = request.target.starts_with(base)
                               ? known.find(request.target.substr(base.size()))
                               : known.end();
        return found == known.end() ? reply(404, "") : found->second;
    };
}

std::unique_ptr<Adapter> adapter_for(
    const HttpImposter& server, std::shared_ptr<HttpEngine> http = std::make_shared<HttpEngine>()
) {
    return make_adapter(
               EngineKind::kTriton,
               {.model = "digits",
                .url = server.url(),
                .engine_model = "digits-v2",
                .api_key = "secret",
                .tls = {}},
               std::move(http)
    )
        .value();
}

EngineCall call_with(json shape = {1, 2}, json data = {0.5, 1}) {
    return {
        .model = "digits",
        .task = Task::kTensors,
        .body =
            {{"inputs",
              {{{"name", "pixels"},
                {"shape", std::move(shape)},
                {"datatype", "FP32"},
                {"data", std::move(data)}}}}},
        .request_id = "job-1",
        .traceparent = "00-ab-cd-01",
        .priority = 10
    };
}

using inference::testing::run;
Outcome<EngineReply> run(Adapter& adapter) {
    return run(adapter, call_with());
}

std::vector<std::string> paths_of(const HttpImposter& server) {
    std::vector<std::string> paths;
    for (const SeenRequest& request : server.requests()) {
        paths.push_back(
            request.method + " " + request.target.substr(std::string_view("/v2/models/").size())
        );
    }
    return paths;
}

TEST(KserveHttpAdapter, AsksForTheDescriptionOnceAndSendsTensorsAsJson) {
    const HttpImposter server(digits());
    const auto adapter = adapter_for(server);

    const auto outcome = run(*adapter);
    run(*adapter);

    ASSERT_TRUE(std::holds_alternative<EngineReply>(outcome)) << error_of(outcome).message;
    const auto& reply = std::get<EngineReply>(outcome);
    EXPECT_EQ(reply.body, json::parse(kAnswer));
    EXPECT_EQ(reply.endpoint, server.url());
    EXPECT_THAT(
        paths_of(server),
        ElementsAre(
            "GET digits-v2", "GET digits-v2/config", "POST digits-v2/infer", "POST digits-v2/infer"
        )
    );
    const SeenRequest seen = server.requests()[2];
    EXPECT_EQ(json::parse(seen.body), json::parse(R"({"id":"job-1","inputs":
        [{"name":"pixels","shape":[1,2],"datatype":"FP32","data":[0.5,1.0]}]})"));
    EXPECT_EQ(seen.headers.at("content-type"), "application/json");
    EXPECT_EQ(seen.headers.at("authorization"), "Bearer secret");
    EXPECT_EQ(seen.headers.at("x-request-id"), "job-1");
    EXPECT_EQ(seen.headers.at("traceparent"), "00-ab-cd-01");
}

TEST(KserveHttpAdapter, ModelThatIsStillLoadingIsNotReadyAndUsesUpNoTry) {
    const HttpImposter server(digits(
        {{"",
          reply(
              404, R"({"error":"Request for unknown model: 'digits-v2' has no available versions"})"
          )}}
    ));

    const Error error = error_of(run(*adapter_for(server), call_with()));

    EXPECT_EQ(error.code, ErrorCode::kEngineNotReady);
    EXPECT_FALSE(error.sent);
}

TEST(KserveHttpAdapter, RefusesAnotherShapeWithoutCallingTheModel) {
    const HttpImposter server(digits());

    const Error error = error_of(run(*adapter_for(server), call_with({1, 3}, {1, 2, 3})));

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(error.code, ErrorCode::kValidation);
    EXPECT_FALSE(error.sent);
    EXPECT_THAT(
        error.message, HasSubstr("tensor 'pixels' has shape [1,3], the model expects [-1,2]")
    );
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST(KserveHttpAdapter, RefusesABatchAboveTheModelsLimitAsTooLarge) {
    const HttpImposter server(digits());

    const Error error =
        error_of(run(*adapter_for(server), call_with({5, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})));

    EXPECT_EQ(error.error_class, ErrorClass::kOutOfMemory);
    EXPECT_EQ(error.code, ErrorCode::kEngineOom);
}

TEST(KserveHttpAdapter, LooksAgainBeforeItRefusesForAModelThatHasChanged) {
    std::atomic<int> descriptions = 0;
    const auto first = digits();
    const auto wider = digits(
        {{"", reply_json(R"({"inputs":[{"name":"pixels","datatype":"FP32","shape":[-1,3]}]})")}}
    );
    const HttpImposter server([&](const SeenRequest& request) {
        descriptions += request.target.ends_with("/digits-v2") ? 1 : 0;
        return descriptions < 2 ? first(request) : wider(request);
    });
    const auto adapter = adapter_for(server);
    run(*adapter);

    const auto outcome = run(*adapter, call_with({1, 3}, {1, 2, 3}));

    EXPECT_TRUE(std::holds_alternative<EngineReply>(outcome));
    EXPECT_EQ(descriptions, 2);
}

TEST(KserveHttpAdapter, WorksWithServersThatHaveNoConfig) {
    for (const int status : {404, 405, 501}) {
        const HttpImposter server(digits({{"/config", reply(status, "")}}));
        const auto adapter = adapter_for(server);

        EXPECT_TRUE(std::holds_alternative<EngineReply>(run(*adapter))) << status;
        EXPECT_TRUE(std::holds_alternative<EngineReply>(run(*adapter))) << status;

        EXPECT_THAT(server.requests(), SizeIs(4)) << status;
    }
}

TEST(KserveHttpAdapter, AsksAgainForAConfigThatCouldNotBeRead) {
    const HttpImposter server(digits({{"/config", reply(503, "")}}));
    const auto adapter = adapter_for(server);

    run(*adapter);
    run(*adapter);

    EXPECT_THAT(server.requests(), SizeIs(6));
}

TEST(KserveHttpAdapter, RefusesADecoupledModelAndNamesTheGrpcPort) {
    const HttpImposter server(
        digits({{"/config", reply_json(R"({"model_transaction_policy":{"decoupled":true}})")}})
    );

    const Error error = error_of(run(*adapter_for(server)));

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported);
    EXPECT_FALSE(error.sent);
    EXPECT_THAT(error.message, HasSubstr("gRPC port"));
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST(KserveHttpAdapter, GivesPriorityAndSequenceToAModelThatTakesThem) {
    const HttpImposter levels(
        digits({{"/config", reply_json(R"({"dynamic_batching":{"priority_levels":3}})")}})
    );
    const HttpImposter sequences(digits({{"/config", reply_json(R"({"sequence_batching":{}})")}}));

    run(*adapter_for(levels));
    run(*adapter_for(sequences));

    EXPECT_EQ(json::parse(levels.requests()[2].body)["parameters"], json({{"priority", 2}}));
    const json parameters = json::parse(sequences.requests()[2].body)["parameters"];
    EXPECT_GT(parameters["sequence_id"], 0);
    EXPECT_EQ(parameters["sequence_start"], true);
    EXPECT_EQ(parameters["sequence_end"], true);
}

TEST(KserveHttpAdapter, ClassifiesWhatTheServerSays) {
    const auto said = [](const std::string& path, int status, const std::string& text) {
        const HttpImposter server(digits({{path, reply(status, json{{"error", text}}.dump())}}));
        return error_of(run(*adapter_for(server)));
    };

    const Error unknown = said("", 404, "Request for unknown model: 'digits-v2' is not found");
    EXPECT_EQ(unknown.error_class, ErrorClass::kFatal);
    EXPECT_EQ(unknown.code, ErrorCode::kModelNotFound);
    EXPECT_THAT(unknown.message, HasSubstr("model 'digits' at http://127.0.0.1"));
    const Error full = said("/infer", 503, "Exceeds maximum queue size");
    EXPECT_EQ(full.error_class, ErrorClass::kTransient);
    EXPECT_EQ(full.code, ErrorCode::kRateLimited);
    const Error memory = said("/infer", 500, "message: RuntimeError: CUDA out of memory. Tried");
    EXPECT_EQ(memory.code, ErrorCode::kEngineOom);
    const Error dead = said("/infer", 500, "Stub process 'digits_0_0' is not healthy.");
    EXPECT_TRUE(dead.replica_bad);
    const Error decoupled = said(
        "/infer", 501, "HTTP end point doesn't support models with decoupled transaction policy"
    );
    EXPECT_EQ(decoupled.code, ErrorCode::kUnsupported);
    EXPECT_THAT(decoupled.message, HasSubstr("gRPC port"));
}

TEST(KserveHttpAdapter, ForgetsTheDescriptionWhenTheEngineDoesNotAgree) {
    const HttpImposter server(digits({{"/infer", reply(400, R"({"error":"unexpected shape"})")}}));
    const auto adapter = adapter_for(server);

    run(*adapter);
    run(*adapter);

    EXPECT_THAT(server.requests(), SizeIs(6));
}

TEST(KserveHttpAdapter, DescriptionThatIsNoneIsAPassingFault) {
    const HttpImposter server(digits({{"", reply_json("[]")}}));

    EXPECT_EQ(error_of(run(*adapter_for(server))).error_class, ErrorClass::kTransient);
}

TEST(KserveHttpAdapter, RefusesTextTasksWithoutSendingThem) {
    const HttpImposter server(digits());
    EngineCall call = call_with();
    call.task = Task::kChat;

    EXPECT_EQ(error_of(run(*adapter_for(server), call)).code, ErrorCode::kUnsupported);
    EXPECT_THAT(server.requests(), SizeIs(0));
}

TEST(KserveHttpAdapter, DeadlineIsATimeoutInWhicheverExchange) {
    for (const char* path : {"", "/config", "/infer"}) {
        const HttpImposter server(digits({{path, hold()}}));

        const Error error = error_of(run(*adapter_for(server), call_with(), 200ms));

        EXPECT_EQ(error.error_class, ErrorClass::kTimeout) << path;
        server.wait_for_closed_by_client(1);
    }
}

TEST(KserveHttpAdapter, CancelClosesTheConnectionInWhicheverExchange) {
    const std::vector<std::pair<std::string, std::size_t>> exchanges{
        {"", 1}, {"/config", 2}, {"/infer", 3}
    };
    for (const auto& [path, requests] : exchanges) {
        const HttpImposter server(digits({{path, hold()}}));
        const auto adapter = adapter_for(server);
        std::stop_source stop;
        const CallBox box;
        start(*adapter, call_with(), box, stop.get_token());
        server.wait_for_requests(requests);

        stop.request_stop();

        EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait())) << path;
        server.wait_for_closed_by_client(1);
        EXPECT_EQ(box.count(), 1);
    }
}

TEST(KserveHttpAdapter, DestructionOfTheEngineCompletesEveryCallAsCancelled) {
    const HttpImposter server(digits({{"/config", hold()}}));
    std::vector<CallBox> boxes(20);
    {
        const auto adapter = adapter_for(server);
        for (const CallBox& box : boxes) {
            start(*adapter, call_with(), box);
        }
        server.wait_for_requests(1);
    }

    expect_each_cancelled_once(boxes);
}

TEST(KserveHttpAdapter, CallsInFlightOutliveTheAdapter) {
    HttpImposter server(digits({{"/infer", hold()}}));
    const auto http = std::make_shared<HttpEngine>();
    const CallBox box;
    {
        const auto adapter = adapter_for(server, http);
        start(*adapter, call_with(), box);
        server.wait_for_requests(3);
    }

    server.release(reply_json(kAnswer).bytes);

    EXPECT_TRUE(std::holds_alternative<EngineReply>(box.wait()));
}

Outcome<Ready> readiness(const HttpImposter& server) {
    const ReadyBox box;
    const auto adapter = adapter_for(server);
    adapter->ready({.deadline = steady_clock::now() + kPatience}, box.completion());
    return box.wait();
}

TEST(KserveHttpAdapter, IsReadyWhenTheModelIs) {
    const HttpImposter triton(digits());
    const HttpImposter with_body(digits({{"/ready", reply_json(R"({"name":"x","ready":true})")}}));

    EXPECT_TRUE(std::holds_alternative<Ready>(readiness(triton)));
    EXPECT_TRUE(std::holds_alternative<Ready>(readiness(with_body)));
}

TEST(KserveHttpAdapter, IsNotReadyWhenTheModelIsNot) {
    const HttpImposter triton(
        digits({{"/ready", reply(400, R"({"error":"Model version not ready"})")}})
    );
    const HttpImposter with_body(digits({{"/ready", reply_json(R"({"ready":false})")}}));

    for (const HttpImposter* server : {&triton, &with_body}) {
        const Error error = error_of(readiness(*server));
        EXPECT_EQ(error.error_class, ErrorClass::kTransient);
        EXPECT_EQ(error.code, ErrorCode::kEngineNotReady);
    }
}

TEST(KserveHttpAdapter, IsNotMadeForWhatIsNoAddress) {
    const auto adapter = make_adapter(
        EngineKind::kTriton,
        {.model = "digits",
         .url = "http://gpu1:8000?x=1",
         .engine_model = "",
         .api_key = "",
         .tls = {}},
        nullptr
    );

    ASSERT_FALSE(adapter);
    EXPECT_EQ(adapter.error().code, ErrorCode::kValidation);
}

}  // namespace
}  // namespace inference
