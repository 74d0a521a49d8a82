/// @file files/storage_error.hpp
/// @brief What reading and writing of a batch's files throws.
#pragma once

#include "contracts/error.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>

namespace inference {

/// Its message names the path, what was to be done with it and the system's reason.
class StorageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
    /// With the text of `errno_value`.
    StorageError(const std::string& doing, const std::filesystem::path& path, int errno_value);
};

/// As a job is told of it: Transient STORAGE, for a disk may have room again.
Error storage_failed(const StorageError& error);

}  // namespace inference
