#include "files/scratch_folder.hpp"

#include "files/storage_error.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace inference {

ScratchFolder::ScratchFolder(const std::filesystem::path& parent) {
    std::error_code error;
    std::filesystem::create_directories(parent, error);
    if (error) {
        throw StorageError("make", parent, error.value());
    }
    std::string name = (parent / "scratch-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw StorageError("make a folder in", parent, errno);
    }
    path_ = name;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace inference
