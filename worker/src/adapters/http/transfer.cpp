#include "adapters/http/transfer.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <new>
#include <utility>

namespace inference {
namespace {

constexpr std::size_t kMaxHeaders = 100;

template <class List>
void append(List& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) {
        throw std::bad_alloc();
    }
    list.release();
    list.reset(longer);
}

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
    while (!text.empty() && is_space(static_cast<unsigned char>(text.front()))) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(static_cast<unsigned char>(text.back()))) {
        text.remove_suffix(1);
    }
    return text;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return result;
}

bool is_event_stream(std::string_view content_type) {
    return lower(trimmed(content_type.substr(0, content_type.find(';')))) == "text/event-stream";
}

long info(CURL* easy, CURLINFO what) {
    long value = 0;
    curl_easy_getinfo(easy, what, &value);
    return value;
}

// A proxy from the environment is for the world outside; an engine on this machine is never behind it.
bool is_loopback(const std::string& url) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed{curl_url(), &curl_url_cleanup};
    char* part = nullptr;
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
        curl_url_get(parsed.get(), CURLUPART_HOST, &part, 0) != CURLUE_OK) {
        return false;
    }
    const std::string host = part;
    curl_free(part);
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace

Transfer::Transfer(HttpRequest request, const Limits& limits)
    : request_(std::move(request)), easy_(curl_easy_init()) {
    if (!easy_) {
        throw std::bad_alloc();
    }
    set_request();
    set_connection(limits);
    set_tls();
    set_callbacks();
}

void Transfer::set_request() {
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    for (const std::string& header : request_.headers) {
        append(headers_, header);
    }
    if (request_.method == HttpMethod::kPost) {
        append(headers_, "Expect:");  // no round trip before large bodies
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(
            easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size())
        );
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
}

void Transfer::set_connection(const Limits& limits) {
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(
        easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_timeout.count())
    );
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, static_cast<long>(limits.max_idle.count()));
    if (is_loopback(request_.url)) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
    if (!request_.connect_to.empty()) {
        append(connect_to_, "::" + request_.connect_to);
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to_.get());
    }
}

void Transfer::set_tls() {
    const auto set = [this](CURLoption option, const std::filesystem::path& file) {
        if (!file.empty()) {
            curl_easy_setopt(easy_.get(), option, file.c_str());
        }
    };
    set(CURLOPT_CAINFO, request_.tls.ca_file);
    set(CURLOPT_SSLCERT, request_.tls.cert_file);
    set(CURLOPT_SSLKEY, request_.tls.key_file);
}

void Transfer::set_callbacks() {
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    try {
        static_cast<Transfer*>(self)->take_header({data, size * count});
        return size * count;
    } catch (...) {  // out of memory; no exception may pass through C
        return 0;
    }
}

void Transfer::take_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {  // the answer, or another after an interim one
        answer_ = {};
        streams_.reset();
        answer_.status = static_cast<int>(info(easy_.get(), CURLINFO_RESPONSE_CODE));
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && answer_.headers.size() < kMaxHeaders) {
        answer_.headers.push_back(
            {lower(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))}
        );
    }
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    try {
        return static_cast<Transfer*>(self)->take_body({data, size * count}) ? size * count : 0;
    } catch (...) {
        return 0;
    }
}

bool Transfer::take_body(std::string_view bytes) {
    if (bytes.size() > request_.max_answer_bytes - body_bytes_) {
        too_large_ = true;
        return false;
    }
    body_bytes_ += bytes.size();
    if (streams()) {
        refused_ = request_.sink(bytes) == Taken::kRefused;
        return !refused_;
    }
    answer_.body += bytes;
    return true;
}

bool Transfer::streams() {
    if (!streams_) {
        streams_ = request_.sink && answer_.status == 200 &&
                   is_event_stream(answer_.header("content-type"));
    }
    return *streams_;
}

// libcurl itself tries again when a reused connection turns out dead: up to five times, and on other old ones. That is as
// we want it if the second try has a new connection; one on another old connection is stopped, for begin_again().
int Transfer::on_connected(void* self, char*, char*, int, int) {
    auto& transfer = *static_cast<Transfer*>(self);
    const bool is_new = info(transfer.easy_.get(), CURLINFO_NUM_CONNECTS) > 0;
    if (!std::exchange(transfer.has_connected_, true)) {
        transfer.reused_ = !is_new;
        return CURL_PREREQFUNC_OK;
    }
    if (!is_new || transfer.tried_again_) {
        return CURL_PREREQFUNC_ABORT;
    }
    transfer.tried_again_ = true;
    return CURL_PREREQFUNC_OK;
}

bool Transfer::begin_again(CURLcode code) {
    const bool died =
        code == CURLE_ABORTED_BY_CALLBACK || fault_of(code) == TransportFault::kBroken;
    if (!died || !reused_ || answer_began() || too_large_ || tried_again_) {
        return false;
    }
    note_progress();
    tried_again_ = true;
    has_connected_ = false;
    curl_easy_setopt(easy_.get(), CURLOPT_FRESH_CONNECT, 1L);
    return true;
}

HttpOutcome Transfer::outcome(CURLcode code) {
    if (code == CURLE_OK && answer_began()) {
        answer_.streamed = streams();
        return std::move(answer_);
    }
    if (too_large_) {
        return failure(TransportFault::kTooLarge);
    }
    if (refused_) {
        return failure(TransportFault::kRefused);
    }
    const long os_error = info(easy_.get(), CURLINFO_OS_ERRNO);
    if (code == CURLE_COULDNT_CONNECT && (os_error == EMFILE || os_error == ENFILE)) {
        return failure(TransportFault::kNoResources);
    }
    return failure(fault_of(code));
}

HttpFailure Transfer::deadline_failure() {
    return failure(TransportFault::kDeadline);
}

HttpFailure Transfer::stalled_failure() {
    return failure(TransportFault::kStalled);
}

void Transfer::note_progress() {
    sent_ = sent_ || info(easy_.get(), CURLINFO_REQUEST_SIZE) > 0;
}

HttpFailure Transfer::failure(TransportFault fault) {
    note_progress();
    return {.fault = fault, .sent = sent_, .partial = answer_began()};
}

}  // namespace inference
