#include "telemetry/otlp_exporter.hpp"

#include "telemetry/otlp_json.hpp"

#include <curl/curl.h>

#include <stdexcept>
#include <utility>

namespace inference {

/// One connection to the collector, used again and again.
class OtlpExporter::Connection {
public:
    explicit Connection(const OtlpOptions& options)
        : url_(options.endpoint + "/v1/traces"),
          headers_(curl_slist_append(nullptr, "Content-Type: application/json")),
          handle_(curl_easy_init()) {
        if (handle_ == nullptr || headers_ == nullptr) {
            throw std::runtime_error("no HTTP client");
        }
        CURL* const handle = handle_.get();
        curl_easy_setopt(handle, CURLOPT_URL, url_.c_str());
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get());
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_PROXY, "");  // As for engines.
        curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
        curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.patience.count()));
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, forget);
    }

    /// Empty, or what went wrong.
    std::string post(const std::string& body) {
        CURL* const handle = handle_.get();
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        const CURLcode code = curl_easy_perform(handle);
        return code == CURLE_OK ? std::string() : url_ + ": " + curl_easy_strerror(code);
    }

private:
    struct Free {
        void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
        void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
    };

    static std::size_t forget(char* /*data*/, std::size_t one, std::size_t size, void* /*user*/) {
        return one * size;
    }

    const std::string url_;
    const std::unique_ptr<curl_slist, Free> headers_;
    const std::unique_ptr<CURL, Free> handle_;
};

OtlpExporter::OtlpExporter(OtlpOptions options, std::function<void(const std::string&)> warn)
    : options_(std::move(options)),
      warn_(std::move(warn)),
      connection_(std::make_unique<Connection>(options_)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

OtlpExporter::~OtlpExporter() = default;

void OtlpExporter::add(Span span) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= options_.capacity) {
        ++dropped_;
        return;
    }
    waiting_.push_back(std::move(span));
    changed_.notify_one();
}

std::uint64_t OtlpExporter::sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
}

std::uint64_t OtlpExporter::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

void OtlpExporter::run(const std::stop_token& stop) {
    while (true) {
        const std::vector<Span> spans = take(stop);
        if (spans.empty()) {
            return;
        }
        send(spans);
    }
}

std::vector<Span> OtlpExporter::take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return !waiting_.empty(); });
    changed_.wait_for(lock, stop, options_.interval, [this] {
        return waiting_.size() >= options_.capacity / 2;
    });
    return std::exchange(waiting_, {});
}

void OtlpExporter::send(const std::vector<Span>& spans) {
    const std::string problem = connection_->post(otlp_json(spans, options_.instance));
    {
        const std::lock_guard lock(mutex_);
        (problem.empty() ? sent_ : dropped_) += spans.size();
    }
    if (!problem.empty() && !std::exchange(has_failed_, true)) {
        warn_("spans are dropped: " + problem);
    }
    has_failed_ = !problem.empty();
}

}  // namespace inference
