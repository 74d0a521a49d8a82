#include "resilience/batch_memory.hpp"

#include <algorithm>

namespace inference {

std::optional<std::int64_t> BatchMemory::limit(TimePoint now) const noexcept {
    if (failed_size_ == 0) {
        return std::nullopt;
    }
    std::int64_t grown = limit_;
    for (auto left = now - since_; left >= kGrowsEvery && grown < failed_size_;
         left -= kGrowsEvery) {
        grown *= 2;
    }
    return grown < failed_size_ ? std::optional(grown) : std::nullopt;
}

void BatchMemory::failed(
    std::int64_t items, std::optional<std::int64_t> told, TimePoint now
) noexcept {
    if (items <= 1) {
        return;  // There is no smaller batch to remember.
    }
    const bool is_known = limit(now).has_value();
    const std::int64_t half = items / 2;
    const std::int64_t smaller = told && *told >= 1 && *told < items ? *told : half;
    limit_ = is_known ? std::min(*limit(now), smaller) : smaller;
    failed_size_ = is_known ? std::max(failed_size_, items) : items;
    since_ = now;
}

}  // namespace inference
