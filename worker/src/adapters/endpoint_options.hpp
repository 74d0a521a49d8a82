/// @file adapters/endpoint_options.hpp
/// @brief Where a model is served, and what it takes to be let in.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace inference {

/// PEM files; an empty path or name means the system's default.
struct TlsFiles {
    std::filesystem::path ca_file;  ///< Authorities to trust instead of the system's.
    std::filesystem::path cert_file;  ///< The client's own certificate, with its key: mTLS.
    std::filesystem::path key_file;
    std::string
        server_name;  ///< The name to expect in the certificate instead of the endpoint's host.

    bool operator==(const TlsFiles&) const = default;
};

struct EndpointOptions {
    std::string model;  ///< The registry's name, for messages.
    std::string url;  ///< "http(s)://host[:port][/path]", or "host:port" for KServe v2 over gRPC.
    std::string engine_model;  ///< The engine's name for the model.
    std::string api_key;  ///< Sent as a bearer token; empty: none.
    std::optional<TlsFiles>
        tls;  ///< Set: TLS on a host:port endpoint, and these files for https ones.
    std::size_t max_answer_bytes = std::size_t{64} << 20;  ///< Of an HTTP answer; more is refused.
    std::size_t max_request_bytes = std::size_t{64}
                                    << 20;  ///< Of an HTTP request; more is not sent.
    /// Between two pieces of a streamed answer, comments included, once it has begun; 0: only the call's deadline counts.
    std::chrono::milliseconds idle_timeout{0};
};

}  // namespace inference
