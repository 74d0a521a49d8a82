/// @file files/s3/s3_failure.hpp
/// @brief What a failed request to an object store is told as, and whether it is worth another try.
#pragma once

#include "files/s3/s3_options.hpp"
#include "files/s3/s3_transfer.hpp"
#include "files/storage_error.hpp"

#include <string>

namespace inference {

/// Whether the same may go well a moment later: the store is away or busy, or a connection broke.
bool is_passing(const S3Request& request, const S3Try& tried);

/// Whether the store may have done what was asked, though it did not say so.
bool may_have_been_done(const S3Try& tried);

/// Names the object, what was to be done with it, the store's status and code, and the next step. Of the store's text there is
/// nothing in it but the code.
StorageError s3_failure(const S3Options& options, const S3Request& request, const S3Try& tried);

}  // namespace inference
