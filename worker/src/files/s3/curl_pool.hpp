/// @file files/s3/curl_pool.hpp
/// @brief libcurl's handles, kept so that their connections are used again.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <vector>

namespace inference {

/// As many handles as were in use at one time.
///
/// Threads: any; a handle that was taken belongs to one.
/// Destroy: after all handles came back.
class CurlPool {
public:
    struct GiveBack {
        CurlPool* pool;
        void operator()(CURL* easy) const noexcept { pool->give_back(easy); }
    };
    using Handle = std::unique_ptr<CURL, GiveBack>;

    CurlPool();
    ~CurlPool();
    CurlPool(const CurlPool&) = delete;
    CurlPool& operator=(const CurlPool&) = delete;

    /// A handle without options. Errors: std::bad_alloc.
    Handle take();

private:
    void give_back(CURL* easy) noexcept;

    std::mutex mutex_;
    std::vector<CURL*> free_;
    std::size_t made_ = 0;
};

}  // namespace inference
