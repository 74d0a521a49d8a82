/// @file files/scratch_folder.hpp
/// @brief A folder that is there for as long as somebody needs it.
#pragma once

#include <filesystem>

namespace inference {

/// Made in `parent`, which is made too; goes with all that is in it.
///
/// Errors: StorageError.
class ScratchFolder {
public:
    explicit ScratchFolder(const std::filesystem::path& parent);
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace inference
