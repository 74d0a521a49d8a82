#include "adapters/make_adapter.hpp"
#include "support/adapter_calls.hpp"
#include "support/kserve_imposter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;
using namespace inference::testing;
using nlohmann::json;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// So that what the server sees in time is not the deadline.
constexpr std::chrono::milliseconds kLongerThanPatience = 3 * kPatience;

std::unique_ptr<Adapter> adapter_for(const KserveImposter& server) {
    return make_adapter(
               EngineKind::kTriton,
               {.model = "repeat",
                .url = server.address(),
                .engine_model = "repeat",
                .api_key = "secret",
                .tls = {}},
               nullptr
    )
        .value();
}

EngineCall call_with(json parameters = json::object()) {
    return {
        .model = "repeat",
        .task = Task::kTensors,
        .body =
            {{"inputs", {{{"name", "x"}, {"shape", {1}}, {"datatype", "UINT8"}, {"data", {7}}}}},
             {"parameters", std::move(parameters)}},
        .request_id = "job-1",
        .traceparent = "00-ab-cd-01",
        .priority = 20
    };
}

using inference::testing::run;
Outcome<EngineReply> run(Adapter& adapter, std::chrono::milliseconds time = kPatience) {
    return run(adapter, call_with(), time);
}

json outputs_of(const Outcome<EngineReply>& outcome) {
    if (!std::holds_alternative<EngineReply>(outcome)) {
        ADD_FAILURE() << error_of(outcome).message;
        return {};
    }
    return std::get<EngineReply>(outcome).body["outputs"];
}

kserve::ModelStreamInferResponse final_response() {
    kserve::ModelStreamInferResponse response;
    (*response.mutable_infer_response()->mutable_parameters())["triton_final_response"]
        .set_bool_param(true);
    return response;
}

kserve::ModelStreamInferResponse answer(std::string bytes) {
    kserve::ModelStreamInferResponse response;
    auto& output = *response.mutable_infer_response()->add_outputs();
    output.set_name("y");
    output.set_datatype("UINT8");
    output.add_shape(static_cast<std::int64_t>(bytes.size()));
    response.mutable_infer_response()->add_raw_output_contents(std::move(bytes));
    return response;
}

kserve::ModelStreamInferResponse error_response(std::string text) {
    kserve::ModelStreamInferResponse response;
    response.set_error_message(std::move(text));
    return response;
}

/// A decoupled model that does this about every request.
KserveScript decoupled(StreamReply reply) {
    KserveScript script;
    script.metadata = [](const kserve::ModelMetadataRequest&, kserve::ModelMetadataResponse&) {
        return grpc::Status::OK;
    };
    script.config = [](const kserve::ModelConfigRequest&, kserve::ModelConfigResponse& response) {
        response.mutable_config()->mutable_model_transaction_policy()->set_decoupled(true);
        return grpc::Status::OK;
    };
    script.infer = [](const kserve::ModelInferRequest&, kserve::ModelInferResponse&) {
        return grpc::Status(
            grpc::StatusCode::UNIMPLEMENTED,
            "ModelInfer RPC doesn't support models with decoupled transaction policy"
        );
    };
    script.stream = [reply = std::move(reply)](const kserve::ModelInferRequest&) { return reply; };
    return script;
}

StreamReply two_answers() {
    return {.responses = {answer("\1\2"), answer("\3"), final_response()}};
}

TEST(StreamCall, JoinsTheAnswersOfADecoupledModel) {
    const KserveImposter server(decoupled(two_answers()));

    const auto outcome = run(*adapter_for(server));

    EXPECT_EQ(
        outputs_of(outcome),
        json::parse(R"([{"name":"y","datatype":"UINT8","shape":[3],"data":[1,2,3]}])")
    );
    const auto& reply = std::get<EngineReply>(outcome);
    EXPECT_GT(reply.time_to_first_token, 0ms);
    EXPECT_LE(reply.time_to_first_token, reply.latency + 1ms);
    EXPECT_THAT(server.infer_requests(), SizeIs(0));
    ASSERT_THAT(server.stream_requests(), SizeIs(1));
    const kserve::ModelInferRequest request = server.stream_requests()[0];
    EXPECT_EQ(request.id(), "job-1");
    EXPECT_TRUE(request.parameters().at("triton_enable_empty_final_response").bool_param());
    EXPECT_EQ(server.last_metadata("authorization"), "Bearer secret");
    EXPECT_EQ(server.last_metadata("triton_grpc_error"), "");
}

TEST(StreamCall, TakesAModelThatAnswersNothing) {
    const KserveImposter server(decoupled({.responses = {final_response()}}));

    const auto outcome = run(*adapter_for(server));

    EXPECT_EQ(outputs_of(outcome), json::array());
    EXPECT_EQ(std::get<EngineReply>(outcome).time_to_first_token, 0ms);
}

TEST(StreamCall, IsCompleteWithTheFinalAnswerAlsoWhereTheServerKeepsTheStreamOpen) {
    const KserveImposter server(
        decoupled({.responses = {answer("\1"), final_response()}, .is_held = true})
    );

    const auto started = steady_clock::now();
    {
        const auto adapter = adapter_for(server);
        EXPECT_EQ(outputs_of(run(*adapter))[0]["data"], json({1}));
    }

    server.wait_for_cancelled(1);  // the adapter that goes leaves no stream behind
    EXPECT_LT(steady_clock::now() - started, 5s);
}

TEST(StreamCall, MessageInTheStreamIsClassifiedByItsTextAndEndsTheStream) {
    const KserveImposter server(decoupled(
        {.responses = {answer("\1"), error_response("RuntimeError: CUDA out of memory. Tried ...")},
         .is_held = true}
    ));
    const auto adapter = adapter_for(server);  // which would end the stream too, if it went

    const Error error = error_of(run(*adapter, kLongerThanPatience));

    EXPECT_EQ(error.error_class, ErrorClass::kOutOfMemory);
    EXPECT_EQ(error.code, ErrorCode::kEngineOom);
    EXPECT_TRUE(error.partial);
    EXPECT_TRUE(error.indivisible) << "its answers belong to the request as a whole";
    server.wait_for_cancelled(1);
}

TEST(StreamCall, MessageOfAnUnknownModelIsFatalAndForgetsTheDescription) {
    const KserveImposter server(decoupled(
        {.responses = {error_response("Request for unknown model: 'repeat' is not found")}}
    ));
    const auto adapter = adapter_for(server);

    const Error error = error_of(run(*adapter));
    run(*adapter);

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(error.code, ErrorCode::kModelNotFound);
    EXPECT_FALSE(error.partial);
    EXPECT_EQ(server.metadata_calls(), 2);
}

TEST(StreamCall, StreamThatEndsBeforeTheFinalAnswerIsPartialAndTransient) {
    for (const grpc::Status& end :
         {grpc::Status::OK, grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed")}) {
        const KserveImposter server(decoupled({.responses = {answer("\1")}, .end = end}));

        const Error error = error_of(run(*adapter_for(server)));

        EXPECT_EQ(error.error_class, ErrorClass::kTransient) << end.error_code();
        EXPECT_TRUE(error.partial) << end.error_code();
        EXPECT_TRUE(error.sent);
    }
}

TEST(StreamCall, AnswersThatCannotBeJoinedAreABrokenContract) {
    auto wider = answer("\1\2");
    wider.mutable_infer_response()->mutable_outputs(0)->set_shape(0, 1);
    wider.mutable_infer_response()->mutable_outputs(0)->add_shape(2);
    const KserveImposter server(decoupled({.responses = {answer("\1"), wider}, .is_held = true}));
    const auto adapter = adapter_for(server);

    const Error error = error_of(run(*adapter, kLongerThanPatience));

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_THAT(error.message, HasSubstr("output 'y' comes in shapes [1] and [1,2]"));
    server.wait_for_cancelled(1);
}

TEST(StreamCall, CancelIsSeenByTheServerWithin100Milliseconds) {
    const KserveImposter server(decoupled({.responses = {answer("\1")}, .is_held = true}));
    const auto adapter = adapter_for(server);
    std::stop_source stop;
    const CallBox box;
    start(*adapter, call_with(), box, stop.get_token());
    server.wait_for_stream_requests(1);

    const auto cancelled = steady_clock::now();
    stop.request_stop();

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    server.wait_for_cancelled(1);
    EXPECT_LT(server.last_cancelled() - cancelled, 100ms);
}

TEST(StreamCall, DeadlineIsATimeoutAndFreesTheModel) {
    const KserveImposter server(decoupled({.responses = {answer("\1")}, .is_held = true}));

    const Error error = error_of(run(*adapter_for(server), 200ms));

    EXPECT_EQ(error.error_class, ErrorClass::kTimeout);
    EXPECT_TRUE(error.partial);
    server.wait_for_cancelled(1);
}

TEST(StreamCall, DestructionCompletesEveryStreamAsCancelled) {
    const KserveImposter server(decoupled({.responses = {answer("\1")}, .is_held = true}));
    std::vector<CallBox> boxes(20);
    {
        const auto adapter = adapter_for(server);
        for (const CallBox& box : boxes) {
            start(*adapter, call_with(), box);
        }
        server.wait_for_stream_requests(1);
    }

    expect_each_cancelled_once(boxes);
}

TEST(StreamCall, FailsAlone) {
    KserveScript script = decoupled(two_answers());
    script.stream = [](const kserve::ModelInferRequest& request) {
        return request.parameters().contains("fail")
                   ? StreamReply{.responses = {error_response("x")}}
                   : two_answers();
    };
    const KserveImposter server(std::move(script));
    const auto adapter = adapter_for(server);
    const CallBox failing;
    const CallBox other;

    adapter->call(
        call_with({{"fail", true}}),
        {.deadline = steady_clock::now() + kPatience},
        failing.completion()
    );
    adapter->call(call_with(), {.deadline = steady_clock::now() + kPatience}, other.completion());

    EXPECT_EQ(error_of(failing.wait()).error_class, ErrorClass::kTransient);
    EXPECT_EQ(outputs_of(other.wait())[0]["data"], json({1, 2, 3}));
}

TEST(StreamCall, ComesAfterARefusalWhereTheConfigCannotBeReadAndIsRemembered) {
    KserveScript script = decoupled(two_answers());
    script.config = [](const kserve::ModelConfigRequest&, kserve::ModelConfigResponse&) {
        return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "");
    };
    const KserveImposter server(std::move(script));
    const auto adapter = adapter_for(server);

    EXPECT_EQ(outputs_of(run(*adapter))[0]["data"], json({1, 2, 3}));
    EXPECT_EQ(outputs_of(run(*adapter))[0]["data"], json({1, 2, 3}));

    EXPECT_THAT(server.infer_requests(), SizeIs(1));
    EXPECT_THAT(server.stream_requests(), SizeIs(2));
}

TEST(StreamCall, IsNotMadeForARefusalOfAnotherKind) {
    KserveScript script = decoupled(two_answers());
    script.config = nullptr;
    script.infer = [](const kserve::ModelInferRequest&, kserve::ModelInferResponse&) {
        return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "unknown method");
    };
    const KserveImposter server(std::move(script));

    EXPECT_EQ(error_of(run(*adapter_for(server))).code, ErrorCode::kUnsupported);
    EXPECT_THAT(server.stream_requests(), SizeIs(0));
}

// ---- What the adapter adds to any request ----

TEST(KserveAdapterHints, GoToAModelThatTakesThem) {
    KserveScript script = decoupled(two_answers());
    script.config = [](const kserve::ModelConfigRequest&, kserve::ModelConfigResponse& response) {
        response.mutable_config()->mutable_dynamic_batching()->set_priority_levels(3);
        return grpc::Status::OK;
    };
    script.infer = [](const kserve::ModelInferRequest&, kserve::ModelInferResponse& response) {
        response = answer("\1").infer_response();
        return grpc::Status::OK;
    };
    const KserveImposter server(std::move(script));

    run(*adapter_for(server));

    ASSERT_THAT(server.infer_requests(), SizeIs(1));
    EXPECT_EQ(server.infer_requests()[0].parameters().at("priority").uint64_param(), 3U);
}

TEST(KserveAdapterHints, GiveEveryCallOfASequenceModelASequenceOfItsOwn) {
    KserveScript script = decoupled(two_answers());
    script.config = [](const kserve::ModelConfigRequest&, kserve::ModelConfigResponse& response) {
        response.mutable_config()->mutable_sequence_batching();
        return grpc::Status::OK;
    };
    script.infer = [](const kserve::ModelInferRequest&, kserve::ModelInferResponse& response) {
        response = answer("\1").infer_response();
        return grpc::Status::OK;
    };
    const KserveImposter server(std::move(script));
    const auto adapter = adapter_for(server);

    run(*adapter);
    run(*adapter);

    const auto requests = server.infer_requests();
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_GT(requests[0].parameters().at("sequence_id").int64_param(), 0);
    EXPECT_NE(
        requests[0].parameters().at("sequence_id").int64_param(),
        requests[1].parameters().at("sequence_id").int64_param()
    );
}

}  // namespace
}  // namespace inference
