#include "files/item_index.hpp"

#include "files/file_handle.hpp"
#include "files/line_reader.hpp"
#include "files/replace_file.hpp"

#include <fcntl.h>

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

}  // namespace

std::vector<std::uint64_t> scan_items(const std::filesystem::path& lines, const VisitItem& visit) {
    const FileHandle file(lines, O_RDONLY);
    LineReader reader(file);
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

void write_index(const std::filesystem::path& index, const std::vector<std::uint64_t>& offsets) {
    replace_file(index, [&](const WriteBytes& write) {
        write(
            {reinterpret_cast<const char*>(offsets.data()), offsets.size() * sizeof(std::uint64_t)}
        );
    });
}

std::vector<std::uint64_t> read_index(const std::filesystem::path& index) {
    const FileHandle file(index, O_RDONLY);
    std::string bytes;
    file.read_at(0, file.size(), bytes);
    return offsets_of(bytes);
}

std::vector<std::string> read_items(
    const std::filesystem::path& lines,
    const std::filesystem::path& index,
    std::int64_t first,
    std::int64_t count
) {
    const auto wanted = static_cast<std::size_t>(count);
    std::string bytes;
    FileHandle(index, O_RDONLY)
        .read_at(
            static_cast<std::uint64_t>(first) * sizeof(std::uint64_t),
            (wanted + 1) * sizeof(std::uint64_t),
            bytes
        );
    const std::vector<std::uint64_t> offsets = offsets_of(bytes);
    if (offsets.size() != wanted + 1) {
        throw StorageError(
            index.string() + " does not have the items from " + std::to_string(first) + " on"
        );
    }
    const FileHandle file(lines, O_RDONLY);
    std::vector<std::string> items(wanted);
    for (std::size_t i = 0; i < wanted; ++i) {
        file.read_at(offsets[i], offsets[i + 1] - offsets[i], items[i]);
        const std::string_view line = std::string_view(items[i]).substr(0, items[i].find('\n'));
        items[i].resize(without_blank_end(line).size());
    }
    return items;
}

}  // namespace inference
