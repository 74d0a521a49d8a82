/// @file files/s3/s3_transfer.hpp
/// @brief One try of a request to an object store.
#pragma once

#include "files/s3/s3_message.hpp"
#include "files/s3/s3_options.hpp"

#include <curl/curl.h>

namespace inference {

/// What came of a try: an answer, or the reason why there is none.
struct S3Try {
    S3Answer answer;
    CURLcode fault = CURLE_OK;
    bool is_too_large = false;  ///< The answer is above its limit; the rest was not read.
};

/// Signs, sends, and waits for the whole answer. Given up: what cannot connect within 5 s, and what moves not a byte for 30 s.
///
/// Threads: one for each handle; it is blocked.
/// Errors:  std::bad_alloc.
S3Try try_once(CURL* easy, const S3Options& options, const S3Request& request);

}  // namespace inference
