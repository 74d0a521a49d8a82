/// @file files/journal.hpp
/// @brief A batch's results as they come: lines at the end of a file, which any number of workers write.
#pragma once

#include "files/file_handle.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace inference {

/// Each line is one write to the file's end, so that it is there whole as soon as append() has returned, whatever becomes of
/// this process; lines of several processes do not mix on a local file system.
///
/// Threads: one; several journals of one file at once.
/// Errors:  StorageError.
class Journal {
public:
    /// Makes the file if it is not there. A last line that was cut off, as by a disk that was full, is ended.
    explicit Journal(const std::filesystem::path& file);

    /// A line without its newline.
    void append(std::string_view line);

private:
    FileHandle file_;
    std::string buffer_;
    bool is_torn_ = false;
};

/// The lines of items from an offset on, in the order in which they were written; what is no whole line of an item is skipped.
/// A file that is not there has none.
///
/// Errors: StorageError, and what `visit` throws.
void read_journal(
    const std::filesystem::path& file,
    std::uint64_t from,
    const std::function<void(std::int64_t item, std::uint64_t offset, std::string_view line)>& visit
);

/// In bytes; 0 if it is not there.
std::uint64_t journal_size(const std::filesystem::path& file);

}  // namespace inference
