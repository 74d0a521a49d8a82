/// @file adapters/kserve/kserve_target.hpp
/// @brief What the gRPC calls of one adapter share: the endpoint, and what it has said about the model.
#pragma once

#include "adapters/classify/signal.hpp"
#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "adapters/kserve/description_cache.hpp"
#include "adapters/kserve/rpc_contexts.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "kserve_v2_service.grpc.pb.h"

#include <grpcpp/channel.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <string_view>

namespace inference {

/// Threads: any.
struct KserveTarget {
    KserveTarget(
        EngineKind kind,
        EndpointOptions endpoint_options,
        const std::shared_ptr<grpc::Channel>& channel
    );

    Error classified(std::string_view model, const Signal& signal) const;

    const EngineKind engine;
    const EndpointOptions options;
    const std::unique_ptr<GRPCInferenceService::Stub> stub;
    DescriptionCache description;
    std::atomic<bool> is_known_as_decoupled =
        false;  ///< By a refusal, where the model's config cannot be read.
    std::stop_source closing;
};

/// What goes along with every RPC of a call. Range: `call` is null for a probe.
RpcContexts::Metadata metadata_of(const KserveTarget& target, const EngineCall* call);

}  // namespace inference
