#include "cli/copy_whole.hpp"

#include "files/file_handle.hpp"
#include "files/replace_file.hpp"

#include <fcntl.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace inference::cli {

void copy_whole(const std::filesystem::path& from, const std::filesystem::path& to) {
    constexpr std::size_t kBlock = std::size_t{1024} * 1024;
    const FileHandle source(from, O_RDONLY);
    replace_file(to, [&source](const WriteBytes& write) {
        std::string block;
        std::uint64_t offset = 0;
        do {
            source.read_at(offset, kBlock, block);
            write(block);
            offset += block.size();
        } while (!block.empty());
    });
}

}  // namespace inference::cli
