/// @file kserve_service.hpp
/// @brief The KServe v2 gRPC service, as Triton serves it.
#pragma once

#include "engine.hpp"
#include "kserve_v2_service.grpc.pb.h"
#include "rpc.hpp"
#include "stream_rpc.hpp"
#include "tensor_catalog.hpp"
#include "ticker.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace engine_sim {

/// Every method hands its call to the I/O thread at once.
///
/// Threads: methods are called by gRPC on any thread; everything else happens on the I/O thread.
/// Destroy: after the server that serves it was shut down, which needs the I/O thread to run.
class KserveService final : public inference::GRPCInferenceService::CallbackService {
public:
    KserveService(
        boost::asio::io_context& io,
        Engine& engine,
        Ticker& ticker,
        const TensorCatalog& models,
        Duration latency
    )
        : io_(io), engine_(engine), ticker_(ticker), models_(models), latency_(latency) {}

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
    StreamReactorBase* ModelStreamInfer(grpc::CallbackServerContext*) override;

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

    boost::asio::io_context& io_;
    Engine& engine_;
    Ticker& ticker_;
    const TensorCatalog& models_;
    Duration latency_;
};

}  // namespace engine_sim
