/// @file infer_stream.hpp
/// @brief What happens in a ModelStreamInfer call: any number of requests, each with any number of responses.
#pragma once

#include "engine.hpp"
#include "stream_rpc.hpp"
#include "tensor_catalog.hpp"
#include "ticker.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace engine_sim {

/// Each request is a call of the engine's. Errors come in the stream, which stays open.
///
/// Threads: the I/O thread only.  Destroy: by itself, when its StreamRpc is finished.
class InferStream : public std::enable_shared_from_this<InferStream> {
public:
    struct Parts {
        Engine& engine;
        Ticker& ticker;
        const TensorCatalog& models;
        Duration latency;
    };

    InferStream(Parts parts, std::shared_ptr<StreamRpc> rpc, std::string traceparent);

    /// Sets the callbacks of the rpc.
    void attach();

private:
    class Call;

    void receive(const std::shared_ptr<kserve::ModelInferRequest>& request);
    void go_on(const std::shared_ptr<Call>& call);
    void serve(const std::shared_ptr<Call>& call);
    void abort_all();
    void reset();
    void forget(CallId call);

    Parts parts_;
    std::shared_ptr<StreamRpc> rpc_;
    std::string traceparent_;
    std::set<CallId> calls_;
    bool is_half_closed_ = false;
};

}  // namespace engine_sim
