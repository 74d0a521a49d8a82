/// @file files/file_handle.hpp
/// @brief An open file that closes itself, and the few calls that batches make of it.
#pragma once

#include "files/storage_error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace inference {

/// Errors: StorageError.
class FileHandle {
public:
    /// @param flags Of open(2), beside O_CLOEXEC.
    FileHandle(std::filesystem::path path, int flags);
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    ~FileHandle();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::uint64_t size() const;

    /// So many bytes from there; fewer at the file's end.
    void read_at(std::uint64_t offset, std::size_t count, std::string& out) const;
    void write_all(std::string_view bytes) const;
    /// What was written is on the disk.
    void sync() const;

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

/// A rename in this folder is on the disk.
void sync_folder(const std::filesystem::path& folder);

}  // namespace inference
