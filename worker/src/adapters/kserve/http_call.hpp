/// @file adapters/kserve/http_call.hpp
/// @brief One inference over HTTP: the model's description where it is not known, the request checked against it, the answer.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/classify/signal.hpp"
#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "adapters/http/http_engine.hpp"
#include "adapters/kserve/description_cache.hpp"
#include "adapters/kserve/http_endpoint.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace inference {

/// What the calls of one adapter share, and keep when the adapter is gone.
struct KserveHttpTarget {
    Error classified(std::string_view model, const Signal& signal) const;
    /// Of a path below the model's, such as "/ready". Range: `call` is null for a probe.
    HttpRequest request(HttpMethod method, const std::string& path, const EngineCall* call) const;

    EngineKind engine = EngineKind::kKserve;
    EndpointOptions options;
    KserveHttpEndpoint endpoint;
    DescriptionCache description;
};

/// Several exchanges in a row. The one under way owns the call, by the shared pointer in its completion.
///
/// Threads: the HttpEngine's, one exchange after the other.
class HttpInferCall final : public std::enable_shared_from_this<HttpInferCall> {
public:
    /// Range: completions run only while `http` exists, so that a next exchange may be started from them.
    HttpInferCall(
        std::shared_ptr<KserveHttpTarget> target,
        HttpEngine& http,
        EngineCall call,
        CallOptions options,
        Completion<EngineReply> done
    );

    void start();

private:
    enum class Age { kCached, kFresh };
    using Step = void (HttpInferCall::*)(HttpAnswer);

    /// What is not an answer ends the call: after it the HttpEngine may be going.
    void exchange(HttpRequest request, Step next);
    void fetch_metadata();
    void on_metadata(HttpAnswer answer);
    void on_config(HttpAnswer answer);
    void infer(const ModelDescription& description, Age age);
    void send(const kserve::ModelInferRequest& request);
    void on_answer(HttpAnswer answer);
    void fail(const Signal& signal);

    std::shared_ptr<KserveHttpTarget> target_;
    HttpEngine& http_;
    EngineCall call_;
    CallOptions options_;
    Completion<EngineReply> done_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    nlohmann::json metadata_;
    std::vector<std::string> wanted_outputs_;
    bool takes_parts_ = true;
    bool is_sent_ = false;  // the inference, after what is asked about the model
};

}  // namespace inference
