/// @file resilience/batch_plan.hpp
/// @brief Which items of a job's batch go to the engine next, in parts that may shrink on the way.
#pragma once

#include "contracts/item_range.hpp"

#include <cstdint>
#include <optional>

namespace inference {

/// Parts in order, one after the other, each of at most `limit` items.
///
/// Replay: deterministic.
/// @code
///   BatchPlan plan(10, 4);          // next(): 0..4, and again until done()
///   plan.done(); plan.shrink(2);    // next(): 4..6, 6..8, 8..10, then nothing
/// @endcode
class BatchPlan {
public:
    /// Range: `limit` 0 is none.
    explicit BatchPlan(std::int64_t items, std::int64_t limit = 0) noexcept;

    /// What is to be tried now; nullopt once all items are done.
    [[nodiscard]] std::optional<ItemRange> next() const noexcept;
    /// What next() gave is done.
    void done() noexcept;
    /// From now on at most so many at once. A limit above today's changes nothing.
    void shrink(std::int64_t limit) noexcept;
    /// All items go in one part.
    [[nodiscard]] bool is_whole() const noexcept;

private:
    std::int64_t items_;
    std::int64_t limit_;
    std::int64_t done_ = 0;
};

}  // namespace inference
