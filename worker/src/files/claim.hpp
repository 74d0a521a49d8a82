/// @file files/claim.hpp
/// @brief Keeps two batches from writing the same output.
#pragma once

#include "contracts/result.hpp"

#include <filesystem>
#include <string_view>

namespace inference {

/// Makes OUTPUT.lock, which holds the job's id. Where the job has it already, as on a second try, all is well.
///
/// Errors: Fatal VALIDATION that names the job that has it and says what to do; throws StorageError.
Result<void> claim(const std::filesystem::path& output, std::string_view job_id);

/// Gives it back; one that is not there is no error. Errors: StorageError.
void release(const std::filesystem::path& output);

}  // namespace inference
