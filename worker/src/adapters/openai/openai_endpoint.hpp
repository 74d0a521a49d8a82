/// @file adapters/openai/openai_endpoint.hpp
/// @brief Where the paths of an OpenAI-like server begin.
#pragma once

#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "contracts/result.hpp"

#include <string>

namespace inference {

struct OpenAiEndpoint {
    std::string base;  ///< "http://host:8000/v1"
    std::string root;  ///< "http://host:8000"
    std::string ready_url;
    std::string connect_to;  ///< As in HttpRequest.
};

/// An endpoint without a path gets the engine's usual one: /v1, for OpenVINO /v3.
///
/// Errors: Fatal VALIDATION for an address that is not http or https, or not fit for an endpoint.
Result<OpenAiEndpoint> resolve_openai_endpoint(EngineKind engine, const EndpointOptions& options);

}  // namespace inference
