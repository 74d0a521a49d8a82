#include "files/s3/object_source.hpp"

#include "files/storage_error.hpp"

#include <algorithm>
#include <utility>

namespace inference {

ObjectSource::ObjectSource(std::shared_ptr<const S3Client> client, ObjectName name)
    : client_(std::move(client)), name_(std::move(name)) {
    const auto info = client_->head(name_);
    if (!info) {
        throw StorageError("cannot read " + object_url(name_) + ": there is no such object");
    }
    size_ = info->size;
}

ObjectSource::ObjectSource(
    std::shared_ptr<const S3Client> client, ObjectName name, std::uint64_t size
)
    : client_(std::move(client)), name_(std::move(name)), size_(size) {}

void ObjectSource::read_at(std::uint64_t offset, std::size_t count, std::string& out) const {
    out.clear();
    if (offset < size_ && count > 0) {
        const std::uint64_t rest = size_ - offset;
        client_->read_at(name_, offset, std::min<std::uint64_t>(count, rest), out);
    }
}

std::size_t ObjectSource::block_size() const {
    // A request costs some tens of milliseconds, whatever it brings.
    constexpr std::size_t kBlock = 8 * 1024 * 1024;
    return kBlock;
}

}  // namespace inference
