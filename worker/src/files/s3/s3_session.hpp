/// @file files/s3/s3_session.hpp
/// @brief Requests to an object store that are tried again until the patience ends.
#pragma once

#include "files/s3/curl_pool.hpp"
#include "files/s3/s3_message.hpp"
#include "files/s3/s3_options.hpp"
#include "files/storage_error.hpp"

#include <chrono>
#include <initializer_list>

namespace inference {

/// Threads: any; each call blocks.
class S3Session {
public:
    /// Errors: StorageError for an endpoint that is none.
    explicit S3Session(S3Options options);

    /// The answer, whose status is one of those.
    ///
    /// Errors: StorageError for any other, and where the store was away or busy for as long as the patience lasts.
    [[nodiscard]] S3Answer send(const S3Request& request, std::initializer_list<int> wanted) const;
    /// The same once, whatever the patience.
    [[nodiscard]] S3Answer send_once(const S3Request& request, std::initializer_list<int> wanted)
        const;

    /// The failure that an answer stands for which send() let pass.
    [[nodiscard]] StorageError failure(const S3Request& request, const S3Answer& answer) const;

private:
    [[nodiscard]] S3Answer send_for(
        std::chrono::milliseconds patience,
        const S3Request& request,
        std::initializer_list<int> wanted
    ) const;

    S3Options options_;
    mutable CurlPool pool_;
};

}  // namespace inference
