/// @file files/byte_source.hpp
/// @brief Bytes that can be read from any place on: a file's, or an object's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace inference {

/// Errors: StorageError.
class ByteSource {
public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    virtual ~ByteSource() = default;

    /// For people.
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// So many bytes from there; fewer at the end.
    virtual void read_at(std::uint64_t offset, std::size_t count, std::string& out) const = 0;
    /// As many bytes as are best read at once.
    [[nodiscard]] virtual std::size_t block_size() const = 0;
};

}  // namespace inference
