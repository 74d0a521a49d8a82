/// @file kserve_service.hpp
/// @brief The KServe v2 gRPC service, as Triton serves it.
#pragma once

#include "engine.hpp"
#include "kserve_v2_service.grpc.pb.h"
#include "rpc.hpp"
#include "tensor_model.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace engine_sim {

using TensorModels = std::map<std::string, TensorModel>;

/// Every method hands its call to the I/O thread at once.
///
/// Threads: methods are called by gRPC on any thread; everything else happens on the I/O thread.
/// Destroy: after the server that serves it was shut down, which needs the I/O thread to run.
class KserveService final : public inference::GRPCInferenceService::CallbackService {
public:
    KserveService(
        boost::asio::io_context& io, Engine& engine, const TensorModels& models, Duration latency
    )
        : io_(io), engine_(engine), models_(models), latency_(latency) {}

    grpc::ServerUnaryReactor*
    ServerLive(grpc::CallbackServerContext*, const kserve::ServerLiveRequest*, kserve::ServerLiveResponse*)
        override;
    grpc::ServerUnaryReactor*
    ServerReady(grpc::CallbackServerContext*, const kserve::ServerReadyRequest*, kserve::ServerReadyResponse*)
        override;
    grpc::ServerUnaryReactor*
    ModelReady(grpc::CallbackServerContext*, const kserve::ModelReadyRequest*, kserve::ModelReadyResponse*)
        override;
    grpc::ServerUnaryReactor*
    ServerMetadata(grpc::CallbackServerContext*, const kserve::ServerMetadataRequest*, kserve::ServerMetadataResponse*)
        override;
    grpc::ServerUnaryReactor*
    ModelMetadata(grpc::CallbackServerContext*, const kserve::ModelMetadataRequest*, kserve::ModelMetadataResponse*)
        override;
    grpc::ServerUnaryReactor*
    ModelConfig(grpc::CallbackServerContext*, const kserve::ModelConfigRequest*, kserve::ModelConfigResponse*)
        override;
    grpc::ServerUnaryReactor*
    ModelInfer(grpc::CallbackServerContext*, const kserve::ModelInferRequest*, kserve::ModelInferResponse*)
        override;

private:
    /// One call on its way through; `fault` may be empty.
    struct Visit {
        CallId id = 0;
        CallFacts facts;
        std::shared_ptr<Rpc> rpc;
        std::optional<FaultAction> fault;
        std::function<void(const Visit&)> answer;
    };

    grpc::ServerUnaryReactor* receive(CallFacts facts, std::function<void(const Visit&)> answer);
    void begin(const std::shared_ptr<Visit>& visit);
    void go_on(const Visit& visit);
    void finish(const Visit& visit, const grpc::Status& status = grpc::Status::OK);
    void infer(
        const Visit& visit,
        const kserve::ModelInferRequest& request,
        kserve::ModelInferResponse& response
    );
    tl::expected<kserve::ModelInferResponse, GrpcReply> compute(
        const kserve::ModelInferRequest& request
    ) const;

    /// Errors: the reply that Triton would give to an unknown model or version.
    tl::expected<const TensorModel*, GrpcReply> find(
        const std::string& name, const std::string& version
    ) const;

    boost::asio::io_context& io_;
    Engine& engine_;
    const TensorModels& models_;
    Duration latency_;
};

}  // namespace engine_sim
