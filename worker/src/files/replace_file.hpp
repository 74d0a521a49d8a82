/// @file files/replace_file.hpp
/// @brief A file that is there whole or not at all.
#pragma once

#include "files/file_handle.hpp"

#include <filesystem>
#include <functional>
#include <string_view>

namespace inference {

/// Takes bytes for the file that is being made.
using WriteBytes = std::function<void(std::string_view)>;

/// Lets `fill` write a file FILE.tmp, and renames it to FILE once all of it is on the disk. What stood there is replaced; a
/// FILE.tmp that a crash left behind, too.
///
/// Errors: StorageError, and what `fill` throws; then FILE is as it was.
void replace_file(
    const std::filesystem::path& file, const std::function<void(const WriteBytes&)>& fill
);

}  // namespace inference
