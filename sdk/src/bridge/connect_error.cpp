#include "bridge/connect_error.hpp"

#include "bridge/json_text.hpp"

#include <string>

namespace temporal::bridge {
namespace {

using Kind = ConnectError::Kind;

Kind kind_of(std::string_view name) {
    if (name == "invalid_options") {
        return Kind::kInvalidOptions;
    }
    if (name == "unreachable") {
        return Kind::kUnreachable;
    }
    if (name == "tls") {
        return Kind::kTls;
    }
    return name == "auth" ? Kind::kAuth : Kind::kOther;
}

bool speaks_tls(const ConnectOptions& options) {
    const bool asked_for =
        (options.tls && !options.tls->disabled) || (!options.tls && !options.api_key.empty());
    return asked_for || options.address.starts_with("https://");
}

std::string next_step(Kind kind, const ConnectOptions& options) {
    switch (kind) {
        case Kind::kInvalidOptions: return "correct the connection's options";
        case Kind::kUnreachable:
            return speaks_tls(options) ? "check that the server runs at this address and that a "
                                         "firewall lets it through"
                                       : "check that the server runs at this address, or turn TLS "
                                         "on if it wants TLS";
        case Kind::kTls:
            return "check the certificate authority, the server's name and, for mutual TLS, the "
                   "client's certificate and key";
        case Kind::kAuth:
            return "check the API key or the client's certificate, and that it may use namespace "
                   "'" +
                   options.namespace_name + "'";
        case Kind::kOther: break;
    }
    return "see the server's log";
}

}  // namespace

ConnectError connect_error(const ConnectOptions& options, std::string_view error_json) {
    const auto error = nlohmann::json::parse(error_json, nullptr, /*allow_exceptions=*/false);
    const Kind kind = kind_of(text_or(error, "kind", "other"));
    return {
        kind,
        "cannot connect to Temporal at " + options.address + ": " +
            text_or(error, "message", std::string(error_json)) + "; " + next_step(kind, options)
    };
}

}  // namespace temporal::bridge
