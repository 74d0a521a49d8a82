// The KServe dialect, from outside the process.

#include "kserve_v2_service.grpc.pb.h"
#include "sim_process.hpp"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

namespace engine_sim {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

class Client {
public:
    explicit Client(const SimProcess& sim)
        : stub_(inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
              "127.0.0.1:" + std::to_string(sim.grpc_port()), grpc::InsecureChannelCredentials()
          ))) {}

    inference::GRPCInferenceService::Stub& stub() { return *stub_; }

    grpc::Status infer(
        kserve::ModelInferResponse& response,
        const kserve::ModelInferRequest& request,
        std::chrono::milliseconds timeout = 30s
    ) {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + timeout);
        return stub_->ModelInfer(&context, request, &response);
    }

    template <class Request, class Response>
    grpc::Status call(
        grpc::Status (inference::GRPCInferenceService::Stub::*
                          method)(grpc::ClientContext*, const Request&, Response*),
        const Request& request,
        Response& response
    ) {
        grpc::ClientContext context;
        return (stub_.get()->*method)(&context, request, &response);
    }

private:
    std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
};

kserve::ModelInferRequest two_numbers(const std::string& id = "r1") {
    kserve::ModelInferRequest request;
    request.set_model_name("add");
    request.set_id(id);
    for (const char* const name : {"a", "b"}) {
        auto& input = *request.add_inputs();
        input.set_name(name);
        input.set_datatype("INT64");
        input.add_shape(1);
        input.mutable_contents()->add_int64_contents(20);
    }
    return request;
}

std::vector<std::string> with(std::vector<std::string> more = {}) {
    more.insert(
        more.end(), {"--tensor-model", "add: sum(a INT64[-1], b INT64[-1]) -> total INT64[-1]"}
    );
    return more;
}

TEST(KserveDialect, ComputesAndDescribesItsModels) {
    SimProcess sim(with());
    Client client(sim);
    using Stub = inference::GRPCInferenceService::Stub;

    kserve::ModelInferResponse inferred;
    ASSERT_TRUE(client.infer(inferred, two_numbers()).ok());
    EXPECT_EQ(inferred.id(), "r1");
    EXPECT_EQ(inferred.raw_output_contents(0), std::string("\x28\0\0\0\0\0\0\0", 8));

    kserve::ServerReadyResponse server;
    EXPECT_TRUE(client.call(&Stub::ServerReady, {}, server).ok());
    EXPECT_TRUE(server.ready());

    kserve::ModelReadyRequest which;
    which.set_name("nope");
    kserve::ModelReadyResponse model;
    EXPECT_TRUE(client.call(&Stub::ModelReady, which, model).ok());
    EXPECT_FALSE(model.ready());

    kserve::ModelMetadataRequest described;
    described.set_name("add");
    kserve::ModelMetadataResponse metadata;
    EXPECT_TRUE(client.call(&Stub::ModelMetadata, described, metadata).ok());
    EXPECT_EQ(metadata.inputs(1).name(), "b");

    described.set_name("nope");
    const grpc::Status unknown = client.call(&Stub::ModelMetadata, described, metadata);
    EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(unknown.error_message(), "Request for unknown model: 'nope' is not found");
}

TEST(KserveDialect, RefusesWrongTensors) {
    SimProcess sim(with());
    Client client(sim);
    auto request = two_numbers();
    request.mutable_inputs(1)->set_name("c");

    kserve::ModelInferResponse response;
    const grpc::Status status = client.infer(response, request);

    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_message(), HasSubstr("unexpected inference input 'c'"));
}

TEST(KserveDialect, ACallThatPassesItsDeadlineFreesItsSlot) {
    SimProcess sim(with({"--latency-ms", "3600000", "--slots", "1"}));
    Client client(sim);
    kserve::ModelInferResponse response;

    const grpc::Status status = client.infer(response, two_numbers("late"), 50ms);

    EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    const json aborted = sim.wait_for_events("aborted", 1).front();
    EXPECT_EQ(aborted["request_id"], "late");
    EXPECT_EQ(aborted["reason"], "client closed");
    EXPECT_EQ(sim.control("GET", "/sim/counts").json()["running"], 0);
}

TEST(KserveDialect, CallsBeyondSlotsAndQueueAreRefused) {
    SimProcess sim(with({"--latency-ms", "3600000", "--slots", "1", "--queue", "0"}));
    Client client(sim);
    grpc::ClientContext context;
    kserve::ModelInferResponse unused;
    std::jthread runs([&] { client.stub().ModelInfer(&context, two_numbers("first"), &unused); });
    sim.wait_for_events("started", 1);

    kserve::ModelInferResponse response;
    const grpc::Status status = client.infer(response, two_numbers("second"));

    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(status.error_message(), "[request id: second] Exceeds maximum queue size");
    context.TryCancel();
}

TEST(KserveDialect, FaultsAnswerInsteadOfTheEngine) {
    SimProcess sim(with());
    Client client(sim);
    const auto with_fault = [&](const json& action) {
        sim.control("POST", "/sim/faults", json::array({{{"action", action}}}));
        kserve::ModelInferResponse response;
        const grpc::Status status = client.infer(response, two_numbers(), 100ms);
        return status.ok() ? std::to_string(response.raw_output_contents(0).size())
                           : status.error_message();
    };

    EXPECT_THAT(with_fault({{"answer", "triton_out_of_memory"}}), HasSubstr("CUDA out of memory"));
    EXPECT_EQ(with_fault({{"grpc_code", "ABORTED"}, {"grpc_message", "no"}}), "no");
    EXPECT_EQ(with_fault({{"reset_before_byte", true}}), "Socket closed");
    EXPECT_EQ(with_fault({{"stall", true}}), "Deadline Exceeded");
    EXPECT_EQ(with_fault({{"garble", true}}), "7");
    EXPECT_EQ(with_fault({{"delay_ms", 1}}), "8");
}

TEST(KserveDialect, AFaultCanSayThatItIsNotReady) {
    SimProcess sim(
        with({"--faults", R"([{"match": {"path": "ServerReady"}, "action": {"not_ready": true}}])"})
    );
    Client client(sim);

    kserve::ServerReadyResponse response;
    EXPECT_TRUE(client.call(&inference::GRPCInferenceService::Stub::ServerReady, {}, response).ok()
    );

    EXPECT_FALSE(response.ready());
}

TEST(KserveDialect, WhenDownItIsUnavailableAndWhenUpItServesOnTheSamePort) {
    SimProcess sim(with({"--latency-ms", "3600000"}));
    Client client(sim);
    grpc::Status cut;
    std::jthread runs([&] {
        kserve::ModelInferResponse unused;
        cut = client.infer(unused, two_numbers());
    });
    sim.wait_for_events("started", 1);

    EXPECT_EQ(sim.control("POST", "/sim/down").status, 200);

    runs.join();
    EXPECT_EQ(cut.error_code(), grpc::StatusCode::UNAVAILABLE);
    kserve::ServerLiveResponse response;
    Client refused(sim);
    EXPECT_EQ(
        refused.call(&inference::GRPCInferenceService::Stub::ServerLive, {}, response).error_code(),
        grpc::StatusCode::UNAVAILABLE
    );

    sim.control("POST", "/sim/up");
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    EXPECT_TRUE(refused.stub().ServerLive(&context, {}, &response).ok());
}

TEST(KserveDialect, SigtermEndsItAtOnceWithCallsInFlight) {
    SimProcess sim(with({"--latency-ms", "3600000"}));
    Client client(sim);
    std::jthread runs([&] {
        kserve::ModelInferResponse unused;
        client.infer(unused, two_numbers());
    });
    sim.wait_for_events("started", 1);

    const auto before = std::chrono::steady_clock::now();
    const int status = sim.wait_for_end(SIGTERM);

    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

}  // namespace
}  // namespace engine_sim
