#include "files/storage_error.hpp"

#include <system_error>

namespace inference {

StorageError::StorageError(
    const std::string& doing, const std::filesystem::path& path, int errno_value
)
    : std::runtime_error(
          "cannot " + doing + " " + path.string() + ": " +
          std::generic_category().message(errno_value)
      ) {}

}  // namespace inference
