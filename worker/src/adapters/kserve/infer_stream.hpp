/// @file adapters/kserve/infer_stream.hpp
/// @brief One request over a stream of its own, so that what ends the stream ends no other call.
#pragma once

#include "kserve_v2_service.grpc.pb.h"

#include <functional>

namespace inference {

/// Threads: both run on gRPC's, one after the other, and must neither block nor throw.
struct InferStreamEvents {
    std::function<void(const kserve::ModelStreamInferResponse&)> on_response;
    std::function<void(const grpc::Status&)> on_end;  ///< Exactly once, after all responses.
};

/// Sends the request, closes our half and reads to the end.
///
/// Range:  `context` and `request` outlive on_end; the events may own them, for they go with the stream.
/// Cancel: by the context.
void start_infer_stream(
    GRPCInferenceService::Stub& stub,
    grpc::ClientContext* context,
    const kserve::ModelInferRequest& request,
    InferStreamEvents events
);

}  // namespace inference
