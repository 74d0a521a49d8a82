/// @file files/line_reader.hpp
/// @brief The lines of a file, one after the other, however large it is.
#pragma once

#include "files/byte_source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

struct FileLine {
    std::uint64_t offset = 0;
    std::string_view text;  ///< Without its newline. Lifetime: until the next line is read.
    bool is_whole = true;  ///< False for a last line without a newline.
};

/// Memory: a buffer that grows to the longest line and no further.
class LineReader {
public:
    /// Lifetime: the source outlives the reader.
    explicit LineReader(const ByteSource& source, std::uint64_t from = 0);

    /// nullopt at the file's end. Errors: StorageError.
    std::optional<FileLine> next();

private:
    bool fill();

    const ByteSource& source_;
    std::string buffer_;
    std::string chunk_;
    std::uint64_t begin_;  // The offset of the buffer's first byte.
    std::size_t used_ = 0;  // Of the buffer: lines that were given.
    std::size_t searched_ = 0;  // Of the buffer: holds no newline from used_ to here.
};

}  // namespace inference
