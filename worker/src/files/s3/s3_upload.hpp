/// @file files/s3/s3_upload.hpp
/// @brief An object that is written bit by bit.
#pragma once

#include "files/s3/object_name.hpp"
#include "files/s3/s3_client.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// An object that appears whole when it is finished, however large it is: a multipart upload, or a plain put if it fits into
/// one part. What was there stays until then. Destroyed unfinished, it leaves nothing, unless the store is away: then the parts
/// stay until the bucket's rule for incomplete uploads removes them.
///
/// Memory:  one part: 8 MiB, and as much more with every thousand parts, of which S3 allows 10,000. So 430 GiB fit.
/// Threads: one; each call blocks.
/// Errors:  StorageError, as of S3Client. After one, only the destructor may be called.
class S3Upload {
public:
    /// Range: metadata as of S3Client::put.
    S3Upload(
        const S3Client& client, ObjectName object, std::map<std::string, std::string> metadata = {}
    );
    S3Upload(const S3Upload&) = delete;
    S3Upload& operator=(const S3Upload&) = delete;
    ~S3Upload();

    void write(std::string_view bytes);
    /// Nothing may be written after it.
    void finish();

private:
    void begin();
    void send_part();
    void complete();
    [[nodiscard]] bool is_there() const;
    void abort() const;

    std::shared_ptr<const S3Session> session_;
    ObjectName object_;
    std::map<std::string, std::string> headers_;
    std::string buffer_;
    std::uint64_t sent_ = 0;
    std::string upload_id_;  // Empty while there is no upload.
    std::vector<std::string> tags_;  // Of the parts that were sent.
};

/// How large a part is in bytes. Range: counted from 0.
std::size_t part_size(std::size_t part);

}  // namespace inference
