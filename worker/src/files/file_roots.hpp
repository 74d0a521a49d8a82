/// @file files/file_roots.hpp
/// @brief Which files a client may name.
#pragma once

#include "contracts/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// The folders of the configuration's `files`. What lies below them, after all links are followed, may be named as
/// "file:///absolute/path"; nothing else may.
///
/// Errors: Fatal VALIDATION that names the path and says what to do.
class FileRoots {
public:
    FileRoots(std::vector<std::filesystem::path> roots, std::filesystem::path dir);

    /// A file that is there and can be read.
    [[nodiscard]] Result<std::filesystem::path> existing(std::string_view ref) const;
    /// A file that is there, or may be made in a folder that is.
    [[nodiscard]] Result<std::filesystem::path> writable(std::string_view ref) const;
    /// Where a job keeps what nobody named a place for. It need not be there.
    [[nodiscard]] std::filesystem::path job_folder(std::string_view job_id) const;

private:
    [[nodiscard]] bool holds(const std::filesystem::path& canonical) const;
    [[nodiscard]] Error outside(const std::filesystem::path& path) const;

    std::vector<std::filesystem::path> roots_;
    std::filesystem::path dir_;
};

/// Fit for any file system, and for the key of an object; another one for each job.
std::string job_folder_name(std::string_view job_id);

/// "file:///tmp/a%20b.jsonl".
///
/// Range: an absolute path.
std::string file_ref(const std::filesystem::path& path);

}  // namespace inference
