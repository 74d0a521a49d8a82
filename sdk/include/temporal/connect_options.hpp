/// @file temporal/connect_options.hpp
/// @brief Which server, which namespace, and how to get there.
#pragma once

#include "temporal/retry_policy.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace temporal {

/// Certificates and keys as PEM text, not as paths.
struct TlsOptions {
    /// Who may sign the server's certificate; empty: the authorities of this machine.
    std::string server_ca;
    /// The name that the certificate must carry; empty: the address's.
    std::string server_name;
    std::string client_cert;  ///< For mutual TLS; needs `client_key`.
    std::string client_key;
    bool disabled = false;  ///< Plain text, even with an API key.
    /// For experiments: anyone on the way can read and change everything.
    bool disable_host_verification = false;
};

/// An HTTP CONNECT proxy.
struct ProxyOptions {
    std::string address;  ///< HOST:PORT
    std::string user;
    std::string password;
};

/// Where settings come from that are shared by all Temporal tools.
enum class EnvironmentSource {
    kAll,  ///< The variables, over the file.
    /// TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_* and
    /// TEMPORAL_GRPC_META_*.
    kVariables,
    /// Profile TEMPORAL_PROFILE of file TEMPORAL_CONFIG_FILE, or else of the user's temporal.toml.
    kFile,
};

struct ConnectOptions {
    std::string address = "127.0.0.1:7233";  ///< HOST:PORT, or a URL with http:// or https://.
    std::string namespace_name = "default";
    std::string identity;  ///< Who this process is, as the server shows it; empty: PID@HOST.
    std::string api_key;  ///< Sent as a bearer token; turns TLS on.
    std::map<std::string, std::string> headers;  ///< Sent with every call.
    /// Absent: plain text, unless there is an API key or an https:// address.
    std::optional<TlsOptions> tls;
    std::optional<ProxyOptions> proxy;
    /// gzip. It costs more CPU than the network is worth, except on slow lines.
    bool compression = false;
    Duration connect_timeout = std::chrono::seconds{10};

    /// Lays the settings that all Temporal tools share over these options; what is set nowhere
    /// stays as it is.
    ///
    /// Errors: ConnectError (kInvalidOptions) naming the file or variable that is wrong.
    void apply_environment(EnvironmentSource source = EnvironmentSource::kAll);

    /// The defaults with the environment laid over them.
    [[nodiscard]] static ConnectOptions from_environment();
};

}  // namespace temporal
