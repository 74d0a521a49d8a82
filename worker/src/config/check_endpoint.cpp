#include "config/check_endpoint.hpp"

#include "adapters/endpoint_url.hpp"
#include "contracts/result.hpp"
#include "registry/engine.hpp"
#include "registry/model.hpp"

#include <optional>
#include <string>

namespace inference {
namespace {

constexpr char kGrpc[] = "grpc";

std::optional<std::string> check_scheme(const Model& model, const EndpointUrl& url) {
    const bool takes_grpc = dialect_of(model.engine) == Dialect::kKserveV2;
    const std::string engine(to_string(model.engine));
    if (url.scheme == kGrpc) {
        if (!takes_grpc) {
            return "has no scheme; " + engine + " takes http:// or https://";
        }
        return url.port.empty() ? std::optional("has no port; " + engine + " takes host:port")
                                : std::nullopt;
    }
    if (url.scheme != "http" && url.scheme != "https") {
        return "has the scheme '" + url.scheme + "'; " + engine +
               (takes_grpc ? " takes host:port, http:// or https://" : " takes http:// or https://"
               );
    }
    if (model.tls && url.scheme == "http") {
        return "is http:// while the model has 'tls'; write https://, or remove 'tls'";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> check_endpoint(const Model& model, const std::string& endpoint) {
    if (endpoint.find_first_of(" \t\r\n") != std::string::npos) {
        return "has white space in it; write an address";
    }
    const Result<EndpointUrl> url = parse_endpoint_url(model.name, endpoint, kGrpc);
    if (!url) {
        return url.error().message;
    }
    if (dialect_of(model.engine) == Dialect::kKserveV2 && !url->path.empty()) {
        return "has a path; " + std::string(to_string(model.engine)) +
               " has its own, so write it without";
    }
    return check_scheme(model, *url);
}

}  // namespace inference
