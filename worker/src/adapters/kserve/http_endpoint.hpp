/// @file adapters/kserve/http_endpoint.hpp
/// @brief Where a KServe v2 server has a model over HTTP.
#pragma once

#include "adapters/endpoint_options.hpp"
#include "contracts/result.hpp"

#include <string>
#include <string_view>

namespace inference {

struct KserveHttpEndpoint {
    std::string model_url;  ///< "http://host:8000/v2/models/NAME"
    std::string connect_to;  ///< As in HttpRequest.
};

/// Whether an endpoint is a URL for HTTP, and not host:port of a gRPC server.
bool is_http_endpoint(std::string_view url) noexcept;

/// Errors: Fatal VALIDATION for an address that is not fit for an endpoint.
Result<KserveHttpEndpoint> resolve_kserve_http_endpoint(const EndpointOptions& options);

}  // namespace inference
