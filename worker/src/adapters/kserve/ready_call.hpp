/// @file adapters/kserve/ready_call.hpp
/// @brief Asks a KServe v2 server whether it can take calls of its model.
#pragma once

#include "adapters/kserve/rpc_call.hpp"
#include "kserve_v2.pb.h"

#include <memory>

namespace inference {

class ReadyCall final : public RpcCall<Ready> {
public:
    ReadyCall(
        KserveTarget& target,
        std::shared_ptr<RpcGate> gate,
        Deadline deadline,
        Completion<Ready> done
    );

private:
    void run() override;
    Outcome<Ready> outcome(const grpc::Status& status);

    kserve::ModelReadyRequest request_;
    kserve::ModelReadyResponse answer_;
};

/// The error of a server that answers, and says no. Completes "model 'x' at ENDPOINT: ...".
Error not_ready(const EndpointOptions& options);

}  // namespace inference
