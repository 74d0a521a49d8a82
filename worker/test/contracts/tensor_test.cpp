#include "contracts/tensor.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace inference {
namespace {

TEST(DataType, HasItsNameAndSize) {
    struct Row {
        DataType type;
        std::string_view name;
        std::size_t size;
    };
    const Row rows[] = {
        {DataType::kBool, "BOOL", 1},
        {DataType::kUint8, "UINT8", 1},
        {DataType::kUint16, "UINT16", 2},
        {DataType::kUint32, "UINT32", 4},
        {DataType::kUint64, "UINT64", 8},
        {DataType::kInt8, "INT8", 1},
        {DataType::kInt16, "INT16", 2},
        {DataType::kInt32, "INT32", 4},
        {DataType::kInt64, "INT64", 8},
        {DataType::kFp16, "FP16", 2},
        {DataType::kFp32, "FP32", 4},
        {DataType::kFp64, "FP64", 8},
        {DataType::kBf16, "BF16", 2},
        {DataType::kBytes, "BYTES", 0},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(to_string(row.type), row.name);
        EXPECT_EQ(data_type_from(row.name), row.type);
        EXPECT_EQ(element_size(row.type), row.size) << row.name;
    }
    EXPECT_EQ(data_type_from("FLOAT"), std::nullopt);
    EXPECT_TRUE(data_type_names().starts_with("BOOL, UINT8, ")) << data_type_names();
}

TEST(ElementCount, IsTheProductOfTheShape) {
    EXPECT_EQ(element_count({}), 1U);
    EXPECT_EQ(element_count(std::array<std::int64_t, 3>{2, 3, 4}), 24U);
    EXPECT_EQ(element_count(std::array<std::int64_t, 2>{5, 0}), 0U);
}

TEST(ElementCount, RefusesNegativeSizesAndProductsThatDoNotFit) {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(element_count(std::array<std::int64_t, 2>{-1, 64}), std::nullopt);
    EXPECT_EQ(element_count(std::array<std::int64_t, 2>{0, -1}), std::nullopt);
    EXPECT_EQ(element_count(std::array<std::int64_t, 3>{kMost, kMost, 2}), std::nullopt);
    EXPECT_EQ(element_count(std::array<std::int64_t, 3>{kMost, kMost, 0}), 0U)
        << "an empty tensor is empty whatever the rest";
}

}  // namespace
}  // namespace inference
