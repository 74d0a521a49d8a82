#include "files/replace_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace inference {
namespace {

constexpr std::size_t kBlock = 1024 * 1024;

}  // namespace

void replace_file(
    const std::filesystem::path& file, const std::function<void(const WriteBytes&)>& fill
) {
    std::filesystem::path unfinished = file;
    unfinished += ".tmp";
    {
        const FileHandle out(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
        std::string buffer;
        fill([&](std::string_view bytes) {
            buffer += bytes;
            if (buffer.size() >= kBlock) {
                out.write_all(buffer);
                buffer.clear();
            }
        });
        out.write_all(buffer);
        out.sync();
    }
    if (std::rename(unfinished.c_str(), file.c_str()) != 0) {
        throw StorageError("replace", file, errno);
    }
    sync_folder(file.parent_path());
}

}  // namespace inference
