#include "files/s3/s3_failure.hpp"

#include "files/s3/s3_xml.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace inference {
namespace {

struct Advice {
    std::string_view code;
    std::string_view next_step;
};

constexpr std::array kAdvice{
    Advice{"InvalidAccessKeyId", "the store does not know the access key; check it"},
    Advice{
        "XAdminUserNotFound", "the store does not know the access key; check it"
    },  // versitygw's.
    Advice{"SignatureDoesNotMatch", "check the secret key"},
    Advice{"RequestTimeTooSkewed", "set the clock of this machine"},
    Advice{"ExpiredToken", "renew the session token"},
    Advice{"InvalidToken", "renew the session token"},
    Advice{"NoSuchKey", "there is no such object"},
    Advice{"NoSuchUpload", "somebody else ended or removed the upload"},
    Advice{"AuthorizationHeaderMalformed", "check the region"},
    Advice{"PermanentRedirect", "check the endpoint and the region"},
    Advice{"NotImplemented", "this store cannot do it; use another"},
};

std::string next_step(const S3Request& request, int status, const std::string& code) {
    if (code == "NoSuchBucket") {
        return "make the bucket '" + request.object.bucket + "', or correct its name";
    }
    const auto* const known = std::ranges::find(kAdvice, code, &Advice::code);
    if (known != kAdvice.end()) {
        return std::string(known->next_step);
    }
    switch (status) {
        case 301:
        case 307: return "check the endpoint and the region";
        case 401:
        case 403: return "check the access key, the secret key and what the bucket allows them";
        case 404: return "check the bucket and the key";
        default: return {};
    }
}

bool has_no_connection(CURLcode fault) {
    return fault == CURLE_COULDNT_CONNECT || fault == CURLE_COULDNT_RESOLVE_HOST ||
           fault == CURLE_COULDNT_RESOLVE_PROXY || fault == CURLE_SSL_CONNECT_ERROR;
}

/// Nothing but a change of the configuration helps.
bool is_lasting(CURLcode fault) {
    switch (fault) {
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_OUT_OF_MEMORY:
        case CURLE_FAILED_INIT:
        case CURLE_WRITE_ERROR:  // Our own refusal of what comes.
        case CURLE_BAD_FUNCTION_ARGUMENT: return true;
        default: return false;
    }
}

std::string fault_text(const S3Options& options, const S3Try& tried) {
    if (tried.is_too_large) {
        return options.endpoint + " answered with more than was asked for; is it an object store?";
    }
    const std::string why = std::string(" (") + curl_easy_strerror(tried.fault) + ")";
    if (has_no_connection(tried.fault)) {
        return "no connection to " + options.endpoint + why +
               "; check the endpoint and that the store runs";
    }
    if (tried.fault == CURLE_PEER_FAILED_VERIFICATION || tried.fault == CURLE_SSL_CACERT_BADFILE) {
        return options.endpoint + " is not trusted" + why +
               "; name the file of the authority that signed its certificate";
    }
    return "no answer from " + options.endpoint + why;
}

}  // namespace

bool is_passing(const S3Request& request, const S3Try& tried) {
    if (tried.fault != CURLE_OK) {
        return !tried.is_too_large && !is_lasting(tried.fault);
    }
    switch (tried.answer.status) {
        case 409:
            return request.headers.contains("if-none-match");  // Two at once; neither is done.
        case 429:
        case 500:
        case 502:
        case 503:
        case 504: return true;
        default: return false;
    }
}

bool may_have_been_done(const S3Try& tried) {
    return tried.fault != CURLE_OK ? !has_no_connection(tried.fault) : tried.answer.status >= 500;
}

StorageError s3_failure(const S3Options& options, const S3Request& request, const S3Try& tried) {
    std::string text = "cannot " + request.doing + " " + object_url(request.object) + ": ";
    if (tried.fault != CURLE_OK) {
        return StorageError(text + fault_text(options, tried));
    }
    const S3Answer& answer = tried.answer;
    const std::string code = read_error_code(answer.body);
    text += options.endpoint + " answered " + std::to_string(answer.status);
    text += code.empty() ? "" : " " + code;
    const std::string next = next_step(request, answer.status, code);
    return StorageError(text + (next.empty() ? "" : "; " + next));
}

}  // namespace inference
