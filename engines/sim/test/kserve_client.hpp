/// @file kserve_client.hpp
/// @brief A gRPC stub for a simulator under test, and streams on it.
#pragma once

#include "kserve_v2_service.grpc.pb.h"
#include "sim_process.hpp"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

namespace engine_sim {

inline std::unique_ptr<inference::GRPCInferenceService::Stub> stub_of(const SimProcess& sim) {
    return inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(sim.grpc_port()), grpc::InsecureChannelCredentials()
    ));
}

/// One ModelStreamInfer call.
class InferStreamClient {
public:
    explicit InferStreamClient(const SimProcess& sim)
        : stub_(stub_of(sim)), stream_(stub_->ModelStreamInfer(&context_)) {}

    void send(const kserve::ModelInferRequest& request) { stream_->Write(request); }
    void end_requests() { stream_->WritesDone(); }
    void cancel() { context_.TryCancel(); }

    /// False at the end of the stream.
    bool receive(kserve::ModelStreamInferResponse& response) { return stream_->Read(&response); }

    /// All that comes until the end.
    std::vector<kserve::ModelStreamInferResponse> receive_all() {
        std::vector<kserve::ModelStreamInferResponse> responses;
        kserve::ModelStreamInferResponse response;
        while (receive(response)) {
            responses.push_back(response);
        }
        return responses;
    }

    grpc::Status finish() { return stream_->Finish(); }

private:
    std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
    grpc::ClientContext context_;
    std::unique_ptr<
        grpc::ClientReaderWriter<kserve::ModelInferRequest, kserve::ModelStreamInferResponse>>
        stream_;
};

}  // namespace engine_sim
