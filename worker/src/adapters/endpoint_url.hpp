/// @file adapters/endpoint_url.hpp
/// @brief The parts of an endpoint as the configuration writes it.
#pragma once

#include "contracts/result.hpp"

#include <string>
#include <string_view>

namespace inference {

struct EndpointUrl {
    std::string scheme;  ///< In lower case.
    std::string host;  ///< An IPv6 address in brackets.
    std::string port;  ///< Empty where the scheme's own is meant.
    std::string path;  ///< Without a slash at its end: "" or "/v1".

    /// @code "127.0.0.1:8001" @endcode
    std::string authority() const;
};

/// Errors: Fatal VALIDATION, naming the model, where it is no URL, or has more than an endpoint has: a user or password
///         (which would end up in logs), a query, a fragment.
Result<EndpointUrl> parse_endpoint_url(
    std::string_view model, const std::string& endpoint, std::string_view default_scheme
);

/// The error for an endpoint that cannot be used. `problem` completes "model 'x': endpoint 'y' ...".
Error bad_endpoint(std::string_view model, std::string_view endpoint, std::string_view problem);

/// The error for a key that no header can carry.
Error bad_api_key(std::string_view model);

}  // namespace inference
