#include "cli/copy_whole.hpp"

#include <cstdint>

namespace inference::cli {

void copy_whole(const ByteSource& from, const Storage& storage, const std::string& to) {
    storage.replace(to, [&from](const WriteBytes& write) {
        std::string block;
        std::uint64_t offset = 0;
        do {
            from.read_at(offset, from.block_size(), block);
            write(block);
            offset += block.size();
        } while (!block.empty());
    });
}

}  // namespace inference::cli
