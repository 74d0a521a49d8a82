#include "files/item_index.hpp"

#include "files/line_reader.hpp"
#include "files/storage_error.hpp"

#include <algorithm>
#include <cstring>

namespace inference {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t\r\n\v\f";

std::string_view without_blank_end(std::string_view text) {
    const std::size_t last = text.find_last_not_of(kBlank);
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// Little endian, as all machines are that this runs on.
std::vector<std::uint64_t> offsets_of(const std::string& bytes) {
    std::vector<std::uint64_t> offsets(bytes.size() / sizeof(std::uint64_t));
    // Of none there is no data() that memcpy takes, and the optimizer counts on that.
    if (!offsets.empty()) {
        std::memcpy(offsets.data(), bytes.data(), offsets.size() * sizeof(std::uint64_t));
    }
    return offsets;
}

/// The items from `begin` to there are read at once: at least one.
std::size_t end_of_block(
    const std::vector<std::uint64_t>& offsets, std::size_t begin, std::size_t block
) {
    std::size_t end = begin + 1;
    while (end + 1 < offsets.size() && offsets[end + 1] - offsets[begin] <= block) {
        ++end;
    }
    return end;
}

/// Of the bytes of a block, which may be fewer than the index says, the line that stands there.
std::string_view item_text(std::string_view block, std::size_t begin, std::size_t end) {
    const std::string_view text = block.substr(std::min(begin, block.size()), end - begin);
    return without_blank_end(text.substr(0, text.find('\n')));
}

}  // namespace

std::vector<std::uint64_t> scan_items(const ByteSource& lines, const VisitItem& visit) {
    LineReader reader(lines);
    std::vector<std::uint64_t> offsets;
    std::uint64_t end = 0;
    std::int64_t line_number = 0;
    while (const auto line = reader.next()) {
        ++line_number;
        std::uint64_t offset = line->offset;
        std::string_view text = line->text;
        if (offset == 0 && text.starts_with(kByteOrderMark)) {
            text.remove_prefix(kByteOrderMark.size());
            offset += kByteOrderMark.size();
        }
        end = offset + text.size();
        text = without_blank_end(text);
        if (!text.empty()) {
            offsets.push_back(offset);
            visit(std::ssize(offsets) - 1, line_number, text);
        }
    }
    offsets.push_back(end);
    return offsets;
}

void write_index(const std::vector<std::uint64_t>& offsets, const WriteBytes& write) {
    write({reinterpret_cast<const char*>(offsets.data()), offsets.size() * sizeof(std::uint64_t)});
}

std::vector<std::uint64_t> read_index(const ByteSource& index) {
    std::string bytes;
    index.read_at(0, index.size(), bytes);
    return offsets_of(bytes);
}

std::vector<std::string> read_items(
    const ByteSource& lines, const ByteSource& index, std::int64_t first, std::int64_t count
) {
    const auto wanted = static_cast<std::size_t>(count);
    std::string bytes;
    index.read_at(
        static_cast<std::uint64_t>(first) * sizeof(std::uint64_t),
        (wanted + 1) * sizeof(std::uint64_t),
        bytes
    );
    const std::vector<std::uint64_t> offsets = offsets_of(bytes);
    if (offsets.size() != wanted + 1) {
        throw StorageError(
            index.name() + " does not have the items from " + std::to_string(first) + " on"
        );
    }
    std::vector<std::string> items;
    items.reserve(wanted);
    while (items.size() < wanted) {
        const std::size_t begin = items.size();
        const std::size_t end = end_of_block(offsets, begin, lines.block_size());
        lines.read_at(offsets[begin], offsets[end] - offsets[begin], bytes);
        for (std::size_t item = begin; item < end; ++item) {
            items.emplace_back(
                item_text(bytes, offsets[item] - offsets[begin], offsets[item + 1] - offsets[begin])
            );
        }
    }
    return items;
}

}  // namespace inference
