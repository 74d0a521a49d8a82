/// @file adapters/kserve/infer_call.hpp
/// @brief One inference: the model's description where it is not known, the request checked against it, the answer.
#pragma once

#include "adapters/kserve/rpc_call.hpp"
#include "contracts/engine_call.hpp"
#include "kserve_v2.pb.h"

#include <chrono>
#include <memory>

namespace inference {

class InferCall final : public RpcCall<EngineReply> {
public:
    InferCall(
        KserveTarget& target,
        std::shared_ptr<RpcGate> gate,
        EngineCall call,
        Deadline deadline,
        Completion<EngineReply> done
    );

private:
    enum class Age { kCached, kFresh };

    std::shared_ptr<InferCall> self();
    void run() override;

    void fetch_metadata();
    void on_metadata(const grpc::Status& status);
    void fetch_config();
    void on_config(const grpc::Status& status);

    void infer(const ModelDescription& description, Age age);
    void on_answer(const grpc::Status& status);
    Outcome<EngineReply> reply();

    EngineCall call_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    kserve::ModelMetadataRequest metadata_request_;
    kserve::ModelMetadataResponse metadata_;
    kserve::ModelConfigRequest config_request_;
    kserve::ModelConfigResponse config_;
    kserve::ModelInferRequest request_;
    kserve::ModelInferResponse answer_;
};

}  // namespace inference
