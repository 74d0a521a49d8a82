// Streams of inferences over gRPC, from outside the process.

#include "kserve_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace engine_sim {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

using Responses = std::vector<kserve::ModelStreamInferResponse>;

std::vector<std::string> with(std::vector<std::string> more = {}) {
    more.insert(
        more.end(),
        {"--tensor-model",
         "repeat: repeat(x FP32[-1,2], n INT32[-1,1]) -> y FP32[-1,2], i INT32[-1,1]",
         "--tensor-model",
         "echo: echo(x FP32[-1,2]) -> y FP32[-1,2]"}
    );
    return more;
}

void add_input(kserve::ModelInferRequest& request, const char* name, const char* type, int width) {
    auto& input = *request.add_inputs();
    input.set_name(name);
    input.set_datatype(type);
    input.add_shape(1);
    input.add_shape(width);
}

kserve::ModelInferRequest echo(const std::string& id = "e") {
    kserve::ModelInferRequest request;
    request.set_model_name("echo");
    request.set_id(id);
    add_input(request, "x", "FP32", 2);
    request.add_raw_input_contents(std::string("12345678"));
    return request;
}

kserve::ModelInferRequest repeat(int times, bool empty_final = false) {
    kserve::ModelInferRequest request = echo("r");
    request.set_model_name("repeat");
    add_input(request, "n", "INT32", 1);
    request.add_raw_input_contents(std::string(reinterpret_cast<const char*>(&times), sizeof(times))
    );
    if (empty_final) {
        auto& parameters = *request.mutable_parameters();
        parameters["triton_enable_empty_final_response"].set_bool_param(true);
    }
    return request;
}

bool is_final(const kserve::ModelStreamInferResponse& response) {
    return response.infer_response().parameters().at("triton_final_response").bool_param();
}

Responses exchange(const SimProcess& sim, const kserve::ModelInferRequest& request) {
    InferStreamClient client(sim);
    client.send(request);
    client.end_requests();
    Responses responses = client.receive_all();
    EXPECT_TRUE(client.finish().ok());
    return responses;
}

TEST(InferStream, ADecoupledModelAnswersAsOftenAsItIsAsked) {
    SimProcess sim(with());

    const Responses responses = exchange(sim, repeat(3, true));

    ASSERT_EQ(responses.size(), 4U);
    for (int i = 0; i < 3; ++i) {
        const auto& response = responses[static_cast<std::size_t>(i)];
        EXPECT_FALSE(is_final(response));
        EXPECT_EQ(response.infer_response().raw_output_contents(0), "12345678");
        EXPECT_EQ(response.infer_response().raw_output_contents(1)[0], i);
    }
    EXPECT_TRUE(is_final(responses[3]));
    EXPECT_EQ(responses[3].infer_response().outputs_size(), 0);
    EXPECT_EQ(responses[3].infer_response().id(), "r");
    EXPECT_EQ(sim.wait_for_events("finished", 1).front()["responses_sent"], 3);
}

TEST(InferStream, TheEmptyFinalResponseComesOnlyIfAsked) {
    SimProcess sim(with());

    EXPECT_EQ(exchange(sim, repeat(2)).size(), 2U);
    EXPECT_EQ(exchange(sim, repeat(0)).size(), 0U);
    EXPECT_EQ(exchange(sim, repeat(0, true)).size(), 1U);
}

TEST(InferStream, AnOrdinaryModelAnswersOnceAndFinally) {
    SimProcess sim(with());

    const Responses responses = exchange(sim, echo());

    ASSERT_EQ(responses.size(), 1U);
    EXPECT_TRUE(is_final(responses[0]));
    EXPECT_EQ(responses[0].infer_response().raw_output_contents(0), "12345678");
}

TEST(InferStream, ErrorsComeInTheStreamWhichGoesOn) {
    SimProcess sim(with());
    InferStreamClient client(sim);
    kserve::ModelInferRequest unknown = echo("bad");
    unknown.set_model_name("nope");
    client.send(unknown);
    client.send(echo());
    client.end_requests();

    const Responses responses = client.receive_all();

    ASSERT_EQ(responses.size(), 2U);
    EXPECT_EQ(responses[0].error_message(), "Request for unknown model: 'nope' is not found");
    EXPECT_EQ(responses[0].infer_response().id(), "bad");
    EXPECT_EQ(responses[1].infer_response().id(), "e");
    EXPECT_TRUE(client.finish().ok());
}

TEST(InferStream, TheFirstResponseDoesNotWaitForTheLastAndACancelFreesTheSlot) {
    SimProcess sim(with({"--latency-ms", "20", "--slots", "1"}));
    InferStreamClient client(sim);
    client.send(repeat(1'000'000));
    kserve::ModelStreamInferResponse response;
    ASSERT_TRUE(client.receive(response));
    ASSERT_TRUE(client.receive(response));
    EXPECT_EQ(sim.control("GET", "/sim/counts").json()["running"], 1);

    client.cancel();

    const json aborted = sim.wait_for_events("aborted", 1).front();
    EXPECT_EQ(aborted["reason"], "client closed");
    EXPECT_EQ(aborted["path"], "ModelStreamInfer");
    EXPECT_EQ(sim.control("GET", "/sim/counts").json()["running"], 0);
}

TEST(InferStream, AUnaryCallOfADecoupledModelIsRefused) {
    SimProcess sim(with());
    const auto stub = stub_of(sim);
    grpc::ClientContext context;
    kserve::ModelInferResponse response;

    const grpc::Status status = stub->ModelInfer(&context, repeat(1), &response);

    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(
        status.error_message(),
        "ModelInfer RPC doesn't support models with decoupled transaction policy"
    );
}

TEST(InferStream, TheConfigurationSaysWhichModelIsDecoupled) {
    SimProcess sim(with());
    const auto stub = stub_of(sim);
    const auto is_decoupled = [&](const char* name) {
        grpc::ClientContext context;
        kserve::ModelConfigRequest request;
        request.set_name(name);
        kserve::ModelConfigResponse response;
        EXPECT_TRUE(stub->ModelConfig(&context, request, &response).ok());
        return response.config().model_transaction_policy().decoupled();
    };

    EXPECT_TRUE(is_decoupled("repeat"));
    EXPECT_FALSE(is_decoupled("echo"));
}

class StreamFaults : public testing::Test {
protected:
    void set(const json& action) {
        EXPECT_EQ(
            sim_.control("POST", "/sim/faults", json::array({{{"action", action}}})).status, 200
        );
    }

    SimProcess sim_{with()};
};

TEST_F(StreamFaults, AnErrorComesAfterSomeResponsesAndEndsTheRequest) {
    set({{"in_band_error", "triton_out_of_memory"}, {"after_events", 2}});

    const Responses responses = exchange(sim_, repeat(5, true));

    ASSERT_EQ(responses.size(), 3U);
    EXPECT_EQ(responses[1].error_message(), "");
    EXPECT_THAT(responses[2].error_message(), HasSubstr("CUDA out of memory"));
    EXPECT_TRUE(is_final(responses[2]));
}

TEST_F(StreamFaults, ANamedAnswerIsAnErrorInTheStream) {
    set({{"answer", "triton_queue_full"}});

    const Responses responses = exchange(sim_, echo());

    ASSERT_EQ(responses.size(), 1U);
    EXPECT_THAT(responses[0].error_message(), HasSubstr("Exceeds maximum queue size"));
}

TEST_F(StreamFaults, TheConnectionIsLostAfterSomeResponsesOrAtOnce) {
    for (const int events : {0, 1}) {
        set({{"reset", true}, {"after_events", events}});
        InferStreamClient client(sim_);
        client.send(repeat(5));

        EXPECT_EQ(client.receive_all().size(), static_cast<std::size_t>(events));

        const grpc::Status status = client.finish();
        EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
        EXPECT_EQ(status.error_message(), "Socket closed");
    }
    EXPECT_EQ(sim_.control("GET", "/sim/counts").json()["live"], 0);
}

TEST_F(StreamFaults, AStallLastsUntilTheClientCancels) {
    for (const json& action : {json{{"stall", true}}, json{{"stall", true}, {"after_events", 1}}}) {
        set(action);
        sim_.control("DELETE", "/sim/calls");
        InferStreamClient client(sim_);
        client.send(repeat(5));
        client.end_requests();
        kserve::ModelStreamInferResponse response;
        if (action.contains("after_events")) {
            EXPECT_TRUE(client.receive(response));
        }
        sim_.wait_for_events("received", 1);

        client.cancel();

        EXPECT_FALSE(client.receive(response));
        EXPECT_EQ(sim_.wait_for_events("aborted", 1).front()["reason"], "client closed");
    }
}

TEST_F(StreamFaults, AGarbledResponseLacksAByte) {
    set({{"garble_event", 2}});
    std::vector<std::size_t> sizes;
    for (const auto& response : exchange(sim_, repeat(3))) {
        sizes.push_back(response.infer_response().raw_output_contents(1).size());
    }
    EXPECT_THAT(sizes, ElementsAre(4U, 3U, 4U));
}

TEST_F(StreamFaults, TheEngineGoesDownUnderAStreamAndComesBack) {
    set({{"down_for_ms", 20}, {"after_events", 1}});
    InferStreamClient client(sim_);
    client.send(repeat(5));
    client.receive_all();

    EXPECT_EQ(client.finish().error_code(), grpc::StatusCode::UNAVAILABLE);

    sim_.control("DELETE", "/sim/faults");
    const auto stub = stub_of(sim_);
    const auto lives = [&] {
        grpc::ClientContext context;
        context.set_wait_for_ready(true);
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
        kserve::ServerLiveResponse live;
        return stub->ServerLive(&context, {}, &live).ok();
    };
    // A connection that is made while the engine goes down dies with it.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    bool is_back = lives();
    while (!is_back && std::chrono::steady_clock::now() < deadline) {
        is_back = lives();
    }
    EXPECT_TRUE(is_back);
}

}  // namespace
}  // namespace engine_sim
