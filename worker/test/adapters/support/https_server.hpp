/// @file support/https_server.hpp
/// @brief openssl's own test server, which answers every GET with a page.
#pragma once

#include "support/certificates.hpp"

#include <sys/types.h>

#include <string>

namespace inference::testing {

enum class ClientCertificate { kNotAsked, kRequired };

/// Listens on 127.0.0.1 with the certificate `server`.
class HttpsServer {
public:
    /// Errors: throws where it does not start.
    HttpsServer(const Certificates& certificates, ClientCertificate client);
    HttpsServer(const HttpsServer&) = delete;
    HttpsServer& operator=(const HttpsServer&) = delete;
    ~HttpsServer();

    const std::string& port() const noexcept { return port_; }

private:
    pid_t process_ = -1;
    int output_ = -1;
    std::string port_;
};

}  // namespace inference::testing
