#include "cli/fetch_page.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <stdexcept>

namespace inference::cli {
namespace {

struct CleanUp {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};

std::size_t append(char* data, std::size_t /*one*/, std::size_t size, void* text) {
    static_cast<std::string*>(text)->append(data, size);
    return size;
}

}  // namespace

std::string fetch_page(const std::string& address, const std::string& path) {
    constexpr long kPatienceMilliseconds = 1000;
    const std::unique_ptr<CURL, CleanUp> handle(curl_easy_init());
    if (handle == nullptr) {
        throw std::runtime_error("no HTTP client");
    }
    std::string text;
    const std::string url = "http://" + address + path;
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, kPatienceMilliseconds);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &text);
    if (const CURLcode code = curl_easy_perform(handle.get()); code != CURLE_OK) {
        throw std::runtime_error(url + ": " + curl_easy_strerror(code));
    }
    return text;
}

}  // namespace inference::cli
