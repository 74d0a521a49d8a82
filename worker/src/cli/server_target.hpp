/// @file cli/server_target.hpp
/// @brief Host and port of a server's address.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace inference::cli {

struct ServerTarget {
    std::string host;  ///< Without the brackets of an IPv6 address.
    std::string port;

    bool operator==(const ServerTarget&) const = default;
};

/// Of "host:port", "[::1]:7233" and "https://host:port/". Without a port it is that of Temporal, or of the URL's scheme.
///
/// Errors: nullopt without a host.
std::optional<ServerTarget> server_target(std::string_view address);

}  // namespace inference::cli
