/// @file contracts/item_range.hpp
/// @brief Neighbouring items of a batch.
#pragma once

#include <cstdint>

namespace inference {

struct ItemRange {
    std::int64_t first = 0;
    std::int64_t count = 0;

    bool operator==(const ItemRange&) const = default;
};

}  // namespace inference
