/// @file adapters/kserve/kserve_http_adapter.hpp
/// @brief Calls servers of the KServe v2 protocol over HTTP, where their gRPC port cannot be reached.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "adapters/http/http_engine.hpp"
#include "contracts/result.hpp"

#include <memory>

namespace inference {

/// The same checks and errors as over gRPC. Second choice all the same: elements travel as text, decoupled models, 16-bit
/// floats and bytes that are no text do not travel at all, and Triton works on after a call is cancelled.
///
/// Errors:  Fatal for an address or a key that cannot be used.
/// Destroy: what is under way goes on in the HttpEngine, and completes there.
Result<std::unique_ptr<Adapter>> make_kserve_http_adapter(
    EngineKind engine, EndpointOptions options, std::shared_ptr<HttpEngine> http
);

}  // namespace inference
