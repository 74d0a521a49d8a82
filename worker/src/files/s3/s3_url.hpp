/// @file files/s3/s3_url.hpp
/// @brief The URL of a request to an object store, in the one spelling that its signature allows.
#pragma once

#include "files/s3/s3_message.hpp"
#include "files/s3/s3_options.hpp"

#include <string>
#include <string_view>

namespace inference {

/// All but letters, digits and "-._~" as %XX.
std::string percent_encoded(std::string_view text, bool keeps_slashes = false);

/// Both path and query are canonical in the sense of AWS's signature version 4: libcurl 7.88 signs them as they stand.
///
/// Range: an endpoint that was checked.
std::string s3_url(const S3Options& options, const S3Request& request);

/// The options with an endpoint that ends in no '/'.
///
/// Errors: StorageError for one that is no http(s) URL of a host.
S3Options checked(S3Options options);

/// Whether the endpoint is on this machine. Range: one that was checked.
bool is_on_loopback(const std::string& endpoint);

}  // namespace inference
