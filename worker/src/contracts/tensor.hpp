/// @file contracts/tensor.hpp
/// @brief What a tensor's elements are, and how many of them a shape holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace inference {

/// The element types of KServe v2.
///
/// In JSON: true and false (or 1 and 0) for BOOL; whole numbers within the type's range; for floats numbers, and the strings
/// "NaN", "Infinity" and "-Infinity", for which JSON has no numbers; for BYTES strings, or {"b64": "..."} where they are no
/// text.
enum class DataType {
    kBool,
    kUint8,
    kUint16,
    kUint32,
    kUint64,
    kInt8,
    kInt16,
    kInt32,
    kInt64,
    kFp16,
    kFp32,
    kFp64,
    kBf16,
    kBytes,
};

/// Wire names: "BOOL", "UINT8", ..., "BF16", "BYTES".
std::string_view to_string(DataType type) noexcept;
std::optional<DataType> data_type_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string data_type_names();

/// Units: bytes of one element in the binary form; 0 for BYTES, whose elements have a length of their own.
std::size_t element_size(DataType type) noexcept;

/// How many elements a shape holds; the empty shape is a scalar and holds one.
///
/// Errors: nullopt where a dimension is negative, or the product does not fit.
std::optional<std::size_t> element_count(std::span<const std::int64_t> shape) noexcept;

}  // namespace inference
