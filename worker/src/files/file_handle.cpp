#include "files/file_handle.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace inference {

FileHandle::FileHandle(std::filesystem::path path, int flags)
    : path_(std::move(path)), descriptor_(open(path_.c_str(), flags | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) {
        throw StorageError("open", path_, errno);
    }
}

FileHandle::~FileHandle() {
    close(descriptor_);
}

std::uint64_t FileHandle::size() const {
    struct stat status{};
    if (fstat(descriptor_, &status) != 0) {
        throw StorageError("look at", path_, errno);
    }
    return static_cast<std::uint64_t>(status.st_size);
}

void FileHandle::read_at(std::uint64_t offset, std::size_t count, std::string& out) const {
    out.resize(count);
    std::size_t done = 0;
    while (done < count) {
        const ssize_t got =
            pread(descriptor_, out.data() + done, count - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            throw StorageError("read", path_, errno);
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    out.resize(done);
}

std::size_t FileHandle::block_size() const {
    constexpr std::size_t kBlock = 256 * 1024;
    return kBlock;
}

void FileHandle::write_all(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t done = write(descriptor_, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            throw StorageError("write", path_, errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
}

void FileHandle::sync() const {
    if (fsync(descriptor_) != 0) {
        throw StorageError("write", path_, errno);
    }
}

void sync_folder(const std::filesystem::path& folder) {
    FileHandle(folder.empty() ? std::filesystem::path(".") : folder, O_RDONLY | O_DIRECTORY).sync();
}

}  // namespace inference
