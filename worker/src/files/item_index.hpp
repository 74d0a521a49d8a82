/// @file files/item_index.hpp
/// @brief Where in a file of lines each item stands, so that any part of it can be read without the rest.
#pragma once

#include "files/byte_source.hpp"
#include "files/replace_file.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// Told of every item of a file: its place, counted from 0; its line, counted from 1; its text without what is blank at its end.
using VisitItem =
    std::function<void(std::int64_t item, std::int64_t line_number, std::string_view text)>;

/// Goes through a file of lines, whose items are the lines that are not blank. A byte order mark at its beginning is skipped.
///
/// Returns: the offset of each item's line, and last that of the end: one more than there are items.
/// Memory:  8 bytes for an item, and the longest line.
/// Errors:  StorageError, and what `visit` throws.
std::vector<std::uint64_t> scan_items(const ByteSource& lines, const VisitItem& visit);

/// The bytes of an index.
void write_index(const std::vector<std::uint64_t>& offsets, const WriteBytes& write);

/// All numbers of such an index. Errors: StorageError.
std::vector<std::uint64_t> read_index(const ByteSource& index);

/// The texts of the items [first, first + count).
///
/// Errors: StorageError, also for an index that does not have them.
std::vector<std::string> read_items(
    const ByteSource& lines, const ByteSource& index, std::int64_t first, std::int64_t count
);

}  // namespace inference
