#include "adapters/http/endpoint_request.hpp"

#include "adapters/header_text.hpp"

#include <utility>

namespace inference {

HttpRequest endpoint_request(
    const EndpointOptions& options, std::string url, std::string connect_to
) {
    HttpRequest request{.url = std::move(url), .headers = {}, .body = {}};
    request.connect_to = std::move(connect_to);
    request.tls = options.tls.value_or(TlsFiles{});
    request.max_answer_bytes = options.max_answer_bytes;
    if (!options.api_key.empty()) {
        add_header(request, "Authorization", "Bearer " + options.api_key);
    }
    return request;
}

void add_header(HttpRequest& request, std::string_view name, std::string_view value) {
    if (!value.empty() && is_header_text(value)) {
        request.headers.push_back(std::string(name) + ": " + std::string(value));
    }
}

}  // namespace inference
