/// @file cli/copy_whole.hpp
/// @brief A file is there whole or not at all, also as a copy.
#pragma once

#include "files/byte_source.hpp"
#include "files/storage.hpp"

#include <string>

namespace inference::cli {

/// Errors: StorageError; then what stood at `to` still does.
void copy_whole(const ByteSource& from, const Storage& storage, const std::string& to);

}  // namespace inference::cli
