/// @file adapters/make_adapter.hpp
/// @brief The adapter that speaks an engine's protocol.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "adapters/http/http_engine.hpp"
#include "contracts/result.hpp"

#include <memory>

namespace inference {

/// One adapter for one endpoint of one model. `http` serves all adapters of the process that speak HTTP: the OpenAI-like
/// ones, and those of KServe v2 whose endpoint begins with http:// or https://.
///
/// Errors: Fatal, naming the model, for an address, key or TLS file that cannot be used. Nothing is connected yet.
/// @code
///   auto adapter = make_adapter(EngineKind::kTriton, {.model = "digits", .url = "127.0.0.1:8001", .engine_model = "digits"}, http);
/// @endcode
Result<std::unique_ptr<Adapter>> make_adapter(
    EngineKind engine, EndpointOptions options, std::shared_ptr<HttpEngine> http
);

}  // namespace inference
