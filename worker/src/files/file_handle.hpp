/// @file files/file_handle.hpp
/// @brief An open file that closes itself, and the few calls that batches make of it.
#pragma once

#include "files/byte_source.hpp"
#include "files/storage_error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace inference {

/// Errors: StorageError.
class FileHandle final : public ByteSource {
public:
    /// @param flags Of open(2), beside O_CLOEXEC.
    FileHandle(std::filesystem::path path, int flags);
    ~FileHandle() override;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

    [[nodiscard]] std::string name() const override { return path_.string(); }
    [[nodiscard]] std::uint64_t size() const override;
    void read_at(std::uint64_t offset, std::size_t count, std::string& out) const override;
    [[nodiscard]] std::size_t block_size() const override;
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
