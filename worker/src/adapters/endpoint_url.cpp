#include "adapters/endpoint_url.hpp"

#include <curl/curl.h>

#include <memory>

namespace inference {
namespace {

struct FreeUrl {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) {
        return {};
    }
    std::string result = text;
    curl_free(text);
    return result;
}

bool has_more_than_an_endpoint(CURLU* url) {
    for (const CURLUPart part :
         {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
        if (!part_of(url, part).empty()) {
            return true;
        }
    }
    return false;
}

std::string without_slashes_at_end(std::string path) {
    while (path.ends_with('/')) {
        path.pop_back();
    }
    return path;
}

}  // namespace

std::string EndpointUrl::authority() const {
    return port.empty() ? host : host + ":" + port;
}

Error bad_endpoint(std::string_view model, std::string_view endpoint, std::string_view problem) {
    std::string message = "model '" + std::string(model) + "': endpoint '";
    message += std::string(endpoint) + "' " + std::string(problem);
    return {
        .error_class = ErrorClass::kFatal,
        .code = ErrorCode::kValidation,
        .message = std::move(message)
    };
}

Error bad_api_key(std::string_view model) {
    return {
        .error_class = ErrorClass::kFatal,
        .code = ErrorCode::kAuth,
        .message = "model '" + std::string(model) +
                   "': the API key has characters that no key has, perhaps a line break",
    };
}

Result<EndpointUrl> parse_endpoint_url(
    std::string_view model, const std::string& endpoint, std::string_view default_scheme
) {
    const bool has_scheme = endpoint.find("://") != std::string::npos;
    const std::string full = has_scheme ? endpoint : std::string(default_scheme) + "://" + endpoint;
    const Url url{curl_url()};
    if (!url || curl_url_set(url.get(), CURLUPART_URL, full.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
                    CURLUE_OK) {
        return tl::unexpected(bad_endpoint(
            model, endpoint, "is not an address; write it as host:port or http://host:port/path"
        ));
    }
    if (has_more_than_an_endpoint(url.get())) {
        // The endpoint itself is not repeated: what is too much may be a password.
        return tl::unexpected(bad_endpoint(
            model,
            part_of(url.get(), CURLUPART_HOST),
            "has a user, password, query or fragment; keep keys in api_key_env"
        ));
    }
    return EndpointUrl{
        .scheme = part_of(url.get(), CURLUPART_SCHEME),
        .host = part_of(url.get(), CURLUPART_HOST),
        .port = part_of(url.get(), CURLUPART_PORT),
        .path = without_slashes_at_end(part_of(url.get(), CURLUPART_PATH)),
    };
}

}  // namespace inference
