#include "adapters/openai/openai_endpoint.hpp"

#include "adapters/endpoint_url.hpp"

namespace inference {
namespace {

std::string default_path(EngineKind engine) {
    return engine == EngineKind::kOpenVino ? "/v3" : "/v1";
}

std::string root_path(const std::string& path) {
    const std::size_t last = path.rfind('/');
    const bool is_versioned =
        last != std::string::npos && path.size() == last + 3 && path[last + 1] == 'v';
    return is_versioned ? path.substr(0, last) : path;
}

std::string ready_url(EngineKind engine, const OpenAiEndpoint& endpoint) {
    switch (engine) {
        case EngineKind::kOpenVino: return endpoint.root + "/v2/health/ready";
        case EngineKind::
            kOpenAi:  // a gateway or a cloud, of which we know no more than the standard
            return endpoint.base + "/models";
        default: return endpoint.root + "/health";
    }
}

}  // namespace

Result<OpenAiEndpoint> resolve_openai_endpoint(EngineKind engine, const EndpointOptions& options) {
    auto url = parse_endpoint_url(options.model, options.url, "none");
    if (!url) {
        return tl::unexpected(url.error());
    }
    if (url->scheme != "http" && url->scheme != "https") {
        return tl::unexpected(
            bad_endpoint(options.model, options.url, "must begin with http:// or https://")
        );
    }
    OpenAiEndpoint endpoint;
    if (options.tls && !options.tls->server_name.empty()) {
        const std::string port = !url->port.empty()       ? url->port
                                 : url->scheme == "https" ? "443"
                                                          : "80";
        endpoint.connect_to = url->host + ":" + port;
        url->host = options.tls->server_name;
    }
    const std::string origin = url->scheme + "://" + url->authority();
    const std::string path = url->path.empty() ? default_path(engine) : url->path;
    endpoint.base = origin + path;
    endpoint.root = origin + root_path(path);
    endpoint.ready_url = ready_url(engine, endpoint);
    return endpoint;
}

}  // namespace inference
