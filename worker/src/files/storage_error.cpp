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

Error storage_failed(const StorageError& error) {
    return {
        .error_class = ErrorClass::kTransient, .code = ErrorCode::kStorage, .message = error.what()
    };
}

}  // namespace inference
