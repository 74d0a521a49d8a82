/// @file adapters/openai/openai_target.hpp
/// @brief One endpoint as its adapter and the calls under way know it.
#pragma once

#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "adapters/openai/openai_endpoint.hpp"

#include <atomic>
#include <utility>

namespace inference {

/// A call may outlive the adapter, and so shares this with it.
struct OpenAiTarget {
    OpenAiTarget(EngineKind kind, EndpointOptions given, OpenAiEndpoint resolved)
        : engine(kind), options(std::move(given)), endpoint(std::move(resolved)) {}

    const EngineKind engine;
    const EndpointOptions options;
    const OpenAiEndpoint endpoint;
    std::atomic<bool> streams{true};  ///< False once the server has shown that it does not.
};

}  // namespace inference
