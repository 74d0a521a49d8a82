#include "resilience/batch_plan.hpp"

#include <algorithm>

namespace inference {

BatchPlan::BatchPlan(std::int64_t items, std::int64_t limit) noexcept
    : items_(std::max<std::int64_t>(items, 1)),
      limit_(limit > 0 ? std::min(limit, items_) : items_) {}

std::optional<ItemRange> BatchPlan::next() const noexcept {
    if (done_ == items_) {
        return std::nullopt;
    }
    return ItemRange{.first = done_, .count = std::min(limit_, items_ - done_)};
}

void BatchPlan::done() noexcept {
    done_ += std::min(limit_, items_ - done_);
}

void BatchPlan::shrink(std::int64_t limit) noexcept {
    limit_ = std::clamp<std::int64_t>(limit, 1, limit_);
}

bool BatchPlan::is_whole() const noexcept {
    return limit_ == items_;
}

}  // namespace inference
