/// @file cli/copy_whole.hpp
/// @brief A copy that is there whole or not at all.
#pragma once

#include <filesystem>

namespace inference::cli {

/// Replaces what stands at `to`. Memory: a block. Errors: StorageError.
void copy_whole(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace inference::cli
