/// @file files/s3/object_source.hpp
/// @brief The bytes of an object, read piece by piece.
#pragma once

#include "files/byte_source.hpp"
#include "files/s3/object_name.hpp"
#include "files/s3/s3_client.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace inference {

class ObjectSource final : public ByteSource {
public:
    /// Errors: StorageError for an object that is not there.
    ObjectSource(std::shared_ptr<const S3Client> client, ObjectName name);
    /// One whose size is known, as from a list.
    ObjectSource(std::shared_ptr<const S3Client> client, ObjectName name, std::uint64_t size);

    [[nodiscard]] std::string name() const override { return object_url(name_); }
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    void read_at(std::uint64_t offset, std::size_t count, std::string& out) const override;
    [[nodiscard]] std::size_t block_size() const override;

private:
    std::shared_ptr<const S3Client> client_;
    ObjectName name_;
    std::uint64_t size_ = 0;
};

}  // namespace inference
