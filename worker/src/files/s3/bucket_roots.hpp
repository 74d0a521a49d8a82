/// @file files/s3/bucket_roots.hpp
/// @brief Which objects a client may name.
#pragma once

#include "contracts/result.hpp"
#include "files/s3/s3_client.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// The "s3://bucket/prefix" of the configuration's `files`: what lies below them may be named, nothing else.
///
/// Errors: Fatal VALIDATION that names the object and says what to do.
class BucketRoots {
public:
    /// @param roots "s3://bucket" or "s3://bucket/prefix".
    /// @param dir One more of them, where jobs keep what nobody named a place for; empty: nowhere.
    BucketRoots(
        std::shared_ptr<const S3Client> client, std::vector<std::string> roots, std::string dir
    );

    /// An object that is there. Errors: StorageError besides.
    [[nodiscard]] Result<std::string> existing(std::string_view url) const;
    /// One that is there or may be made.
    [[nodiscard]] Result<std::string> writable(std::string_view url) const;

    [[nodiscard]] bool has_dir() const noexcept { return !dir_.empty(); }
    [[nodiscard]] std::string job_file(std::string_view job_id, std::string_view file) const;

private:
    std::shared_ptr<const S3Client> client_;
    std::vector<std::string> roots_;
    std::string dir_;
};

}  // namespace inference
