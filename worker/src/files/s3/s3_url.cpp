#include "files/s3/s3_url.hpp"

#include "files/storage_error.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstddef>
#include <memory>

namespace inference {
namespace {

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

struct FreeUrl {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

/// Empty where it has none.
std::string part_of(const std::string& url, CURLUPart part) {
    const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
    char* found = nullptr;
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
        curl_url_get(parsed.get(), part, &found, 0) != CURLUE_OK) {
        return {};
    }
    const std::unique_ptr<char, decltype(&curl_free)> owned(found, &curl_free);
    return found;
}

std::string query_of(const S3Request& request) {
    std::string text;
    for (const auto& [name, value] : request.query) {
        text += text.empty() ? '?' : '&';
        text += percent_encoded(name) + "=" + percent_encoded(value);
    }
    return text;
}

}  // namespace

std::string percent_encoded(std::string_view text, bool keeps_slashes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        if (kUnreserved.find(c) != std::string_view::npos || (keeps_slashes && c == '/')) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kDigits[byte >> 4];
        encoded += kDigits[byte & 0x0f];
    }
    return encoded;
}

std::string s3_url(const S3Options& options, const S3Request& request) {
    const auto& [bucket, key] = request.object;
    std::string url = options.endpoint;
    if (options.path_style) {
        url += "/" + bucket;
    } else {
        url.insert(url.find("://") + 3, bucket + ".");
    }
    if (!key.empty() || !options.path_style) {
        url += "/" + percent_encoded(key, /*keeps_slashes=*/true);
    }
    return url + query_of(request);
}

S3Options checked(S3Options options) {
    const std::string given = options.endpoint;
    std::string& endpoint = options.endpoint;
    while (endpoint.ends_with('/')) {
        endpoint.pop_back();
    }
    const bool has_scheme = endpoint.starts_with("http://") || endpoint.starts_with("https://");
    const bool has_query = endpoint.find_first_of("?#@") != std::string::npos;
    if (!has_scheme || has_query || part_of(endpoint, CURLUPART_HOST).empty()) {
        throw StorageError(
            "the object store's endpoint '" + given +
            "' is no URL of a host; write it as in https://s3.eu-west-1.amazonaws.com"
        );
    }
    return options;
}

bool is_on_loopback(const std::string& endpoint) {
    const std::string host = part_of(endpoint, CURLUPART_HOST);
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace inference
