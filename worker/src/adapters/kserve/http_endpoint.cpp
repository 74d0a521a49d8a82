#include "adapters/kserve/http_endpoint.hpp"

#include "adapters/endpoint_url.hpp"

#include <algorithm>

namespace inference {
namespace {

bool begins_with(std::string_view text, std::string_view lower_case) noexcept {
    return text.size() >= lower_case.size() &&
           std::ranges::equal(text.substr(0, lower_case.size()), lower_case, {}, [](char c) {
               return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
           });
}

/// What no part of a path may contain as it is becomes %XX.
std::string as_path_segment(std::string_view name) {
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string result;
    for (const char c : name) {
        if (kPlain.find(c) != std::string_view::npos) {
            result += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        result += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
    return result;
}

std::string default_port(const EndpointUrl& url) {
    return url.scheme == "https" ? "443" : "80";
}

}  // namespace

bool is_http_endpoint(std::string_view url) noexcept {
    return begins_with(url, "http://") || begins_with(url, "https://");
}

Result<KserveHttpEndpoint> resolve_kserve_http_endpoint(const EndpointOptions& options) {
    auto url = parse_endpoint_url(options.model, options.url, "none");
    if (!url) {
        return tl::unexpected(url.error());
    }
    KserveHttpEndpoint endpoint;
    if (options.tls && !options.tls->server_name.empty()) {
        endpoint.connect_to =
            url->host + ":" + (url->port.empty() ? default_port(*url) : url->port);
        url->host = options.tls->server_name;
    }
    endpoint.model_url = url->scheme + "://" + url->authority() + url->path + "/v2/models/" +
                         as_path_segment(options.engine_model);
    return endpoint;
}

}  // namespace inference
