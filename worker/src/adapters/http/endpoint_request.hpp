/// @file adapters/http/endpoint_request.hpp
/// @brief What every HTTP request to an endpoint has, whatever its protocol.
#pragma once

#include "adapters/endpoint_options.hpp"
#include "adapters/http/http_message.hpp"

#include <string>
#include <string_view>

namespace inference {

/// The key, the TLS files, the cap on the answer, and where to connect. Shape: `connect_to` as of HttpRequest.
HttpRequest endpoint_request(
    const EndpointOptions& options, std::string url, std::string connect_to
);

/// Leaves out a header whose value is empty, or may not stand in one.
void add_header(HttpRequest& request, std::string_view name, std::string_view value);

}  // namespace inference
