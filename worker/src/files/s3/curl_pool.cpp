#include "files/s3/curl_pool.hpp"

#include <new>

namespace inference {

// curl_global_init counts its callers: every pool holds its own reference.
CurlPool::CurlPool() {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

CurlPool::~CurlPool() {
    for (CURL* const easy : free_) {
        curl_easy_cleanup(easy);
    }
    curl_global_cleanup();
}

CurlPool::Handle CurlPool::take() {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
        CURL* const easy = free_.back();
        free_.pop_back();
        return {easy, GiveBack{this}};
    }
    free_.reserve(made_ + 1);  // So that giving back needs no memory.
    CURL* const easy = curl_easy_init();
    if (easy == nullptr) {
        throw std::bad_alloc();
    }
    ++made_;
    return {easy, GiveBack{this}};
}

void CurlPool::give_back(CURL* easy) noexcept {
    curl_easy_reset(easy);  // Its connections stay.
    const std::lock_guard lock(mutex_);
    free_.push_back(easy);
}

}  // namespace inference
