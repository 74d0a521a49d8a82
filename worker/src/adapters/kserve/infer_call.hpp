/// @file adapters/kserve/infer_call.hpp
/// @brief One inference: the model's description where it is not known, the request checked against it, the answer.
#pragma once

#include "adapters/kserve/decoupled_answer.hpp"
#include "adapters/kserve/request_hints.hpp"
#include "adapters/kserve/rpc_call.hpp"
#include "contracts/engine_call.hpp"
#include "kserve_v2.pb.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inference {

class InferCall final : public RpcCall<EngineReply> {
public:
    InferCall(
        KserveTarget& target,
        std::shared_ptr<RpcGate> gate,
        EngineCall call,
        Deadline deadline,
        ProgressReport on_progress,
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
    void infer_once();
    void on_answer(const grpc::Status& status);
    void infer_in_stream();
    void on_response(const kserve::ModelStreamInferResponse& response);
    void report_progress();
    void on_stream_end(const grpc::Status& status);

    std::vector<std::string> wanted_outputs() const;
    void fail(const Signal& signal);
    void finish_with(nlohmann::json body);

    EngineCall call_;
    const Deadline deadline_;
    const ProgressReport on_progress_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    kserve::ModelMetadataRequest metadata_request_;
    kserve::ModelMetadataResponse metadata_;
    kserve::ModelConfigRequest config_request_;
    kserve::ModelConfigResponse config_;
    kserve::ModelInferRequest request_;
    kserve::ModelInferResponse answer_;
    bool takes_parts_ = true;
    bool is_sent_ = false;  // the inference, after what is asked about the model
    std::optional<DecoupledAnswer> decoupled_answer_;
    std::size_t responses_ = 0;
    std::chrono::milliseconds time_to_first_response_{0};
};

}  // namespace inference
