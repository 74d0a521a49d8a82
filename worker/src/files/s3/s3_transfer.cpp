#include "files/s3/s3_transfer.hpp"

#include "files/s3/s3_url.hpp"
#include "files/s3/s3_xml.hpp"
#include "files/s3/sigpipe_block.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <new>

namespace inference {
namespace {

constexpr long kConnectTimeoutMs = 5'000;
constexpr long kStalledAfterSeconds = 30;
constexpr std::size_t kMaxHeaders = 200;

struct FreeHeaders {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeHeaders>;

void add(Headers& headers, const std::string& name, const std::string& value) {
    curl_slist* const longer = curl_slist_append(headers.get(), (name + ": " + value).c_str());
    if (longer == nullptr) {
        throw std::bad_alloc();
    }
    static_cast<void>(headers.release());
    headers.reset(longer);
}

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 0x0f];
    }
    return text;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// What libcurl's callbacks fill.
struct Incoming {
    CURL* easy;
    std::size_t max_bytes;
    S3Try result;

    void take_header(std::string_view line) {
        S3Answer& answer = result.answer;
        if (line.starts_with("HTTP/")) {  // The answer, or another one after an interim one.
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            answer.status = static_cast<int>(status);
            answer.headers.clear();
            return;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || answer.headers.size() >= kMaxHeaders) {
            return;
        }
        std::string name(line.substr(0, colon));
        std::ranges::transform(name, name.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        answer.headers.insert_or_assign(
            std::move(name), std::string(trimmed(line.substr(colon + 1)))
        );
    }

    bool take_body(std::string_view bytes) {
        if (bytes.size() > max_bytes - result.answer.body.size()) {
            result.is_too_large = true;
            return false;
        }
        result.answer.body += bytes;
        return true;
    }
};

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* incoming) {
    try {
        static_cast<Incoming*>(incoming)->take_header({data, size * count});
        return size * count;
    } catch (...) {  // Out of memory; no exception may pass through C.
        return 0;
    }
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* incoming) {
    try {
        return static_cast<Incoming*>(incoming)->take_body({data, size * count}) ? size * count : 0;
    } catch (...) {
        return 0;
    }
}

// Every header that is set here gets signed as it is set. So there is none to take one of libcurl's own away ("Expect:"): it
// would be signed and not sent.
Headers headers_of(const S3Options& options, const S3Request& request, bool has_body) {
    Headers headers;
    for (const auto& [name, value] : request.headers) {
        add(headers, name, value);
    }
    if (has_body) {
        add(headers, "content-type", "application/octet-stream");
    }
    add(headers, "x-amz-content-sha256", sha256(request.body));  // libcurl 7.88 does not.
    if (!options.credentials.session_token.empty()) {
        add(headers, "x-amz-security-token", options.credentials.session_token);
    }
    return headers;
}

void set_method(CURL* easy, const S3Request& request, bool has_body) {
    if (request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (has_body) {
        const char* const bytes = request.body.empty() ? "" : request.body.data();
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(
            easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size())
        );
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bytes);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_connection(CURL* easy, const S3Options& options, const S3Request& request) {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, kStalledAfterSeconds);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.may_reuse_connection ? 0L : 1L);
    if (is_on_loopback(options.endpoint)) {
        curl_easy_setopt(
            easy, CURLOPT_PROXY, ""
        );  // One of the environment is for the world outside.
    }
    if (!options.ca_file.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    }
}

void set_signature(CURL* easy, const S3Options& options) {
    const std::string scope = "aws:amz:" + options.region + ":s3";
    curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, scope.c_str());
    curl_easy_setopt(easy, CURLOPT_USERNAME, options.credentials.access_key.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, options.credentials.secret_key.c_str());
}

void set_callbacks(CURL* easy, Incoming& incoming) {
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &incoming);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &incoming);
}

/// The status that an error in the body of a 200 stands for.
int late_status(const std::string& code) {
    if (code == "SlowDown" || code == "ServiceUnavailable") {
        return 503;
    }
    return code == "InternalError" ? 500 : 400;
}

}  // namespace

S3Try try_once(CURL* easy, const S3Options& options, const S3Request& request) {
    const bool has_body = request.method == "PUT" || request.method == "POST";
    const Headers headers = headers_of(options, request, has_body);
    Incoming incoming{.easy = easy, .max_bytes = request.max_answer_bytes, .result = {}};
    curl_easy_setopt(easy, CURLOPT_URL, s3_url(options, request).c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    set_method(easy, request, has_body);
    set_connection(easy, options, request);
    set_signature(easy, options);
    set_callbacks(easy, incoming);
    {
        const SigpipeBlock block;
        incoming.result.fault = curl_easy_perform(easy);
    }
    S3Answer& answer = incoming.result.answer;
    if (request.may_fail_late && answer.status == 200) {
        if (const std::string code = read_error_code(answer.body); !code.empty()) {
            answer.status = late_status(code);
        }
    }
    return std::move(incoming.result);
}

}  // namespace inference
