#include "contracts/tensor.hpp"

#include "contracts/name_table.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace inference {
namespace {

constexpr NameTable<DataType, 14> kNames{{
    {DataType::kBool, "BOOL"},
    {DataType::kUint8, "UINT8"},
    {DataType::kUint16, "UINT16"},
    {DataType::kUint32, "UINT32"},
    {DataType::kUint64, "UINT64"},
    {DataType::kInt8, "INT8"},
    {DataType::kInt16, "INT16"},
    {DataType::kInt32, "INT32"},
    {DataType::kInt64, "INT64"},
    {DataType::kFp16, "FP16"},
    {DataType::kFp32, "FP32"},
    {DataType::kFp64, "FP64"},
    {DataType::kBf16, "BF16"},
    {DataType::kBytes, "BYTES"},
}};

}  // namespace

std::string_view to_string(DataType type) noexcept {
    return name_in(kNames, type);
}

std::optional<DataType> data_type_from(std::string_view name) noexcept {
    return value_in(kNames, name);
}

std::string data_type_names() {
    return names_in(kNames);
}

std::size_t element_size(DataType type) noexcept {
    switch (type) {
        case DataType::kBool:
        case DataType::kUint8:
        case DataType::kInt8: return 1;
        case DataType::kUint16:
        case DataType::kInt16:
        case DataType::kFp16:
        case DataType::kBf16: return 2;
        case DataType::kUint32:
        case DataType::kInt32:
        case DataType::kFp32: return 4;
        case DataType::kUint64:
        case DataType::kInt64:
        case DataType::kFp64: return 8;
        case DataType::kBytes: break;
    }
    return 0;
}

std::optional<std::size_t> element_count(std::span<const std::int64_t> shape) noexcept {
    std::size_t count = 1;
    bool is_empty = false;
    bool overflows = false;
    for (const std::int64_t dimension : shape) {
        if (dimension < 0) {
            return std::nullopt;
        }
        const auto size = static_cast<std::size_t>(dimension);
        is_empty = is_empty || size == 0;
        overflows =
            overflows || (size != 0 && count > std::numeric_limits<std::size_t>::max() / size);
        count *= size == 0 ? 1 : size;
    }
    // A zero anywhere makes the tensor empty, however large the rest.
    if (is_empty) {
        return 0;
    }
    return overflows ? std::nullopt : std::optional(count);
}

}  // namespace inference
