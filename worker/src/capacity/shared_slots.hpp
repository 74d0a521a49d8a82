/// @file capacity/shared_slots.hpp
/// @brief One pool of activity slots for the workers of all queues of a process.
#pragma once

#include "capacity/slot_shares.hpp"
#include "temporal/slot_supplier.hpp"

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace inference {

/// SlotShares for real workers: queues ask through their supplier, and get what is due to them.
///
/// Threads: any.
/// Destroy: after the workers; one that is left gets what is freed, but no longer what an empty queue leaves.
/// @code
///   SharedSlots slots(SlotShares({50, 35, 15}, 10, Lending::kAllowed));
///   options.activity_slots = slots.supplier(0);
/// @endcode
class SharedSlots final {
public:
    explicit SharedSlots(SlotShares shares);
    ~SharedSlots();
    SharedSlots(const SharedSlots&) = delete;
    SharedSlots& operator=(const SharedSlots&) = delete;

    /// For the worker of this queue.
    [[nodiscard]] std::shared_ptr<temporal::SlotSupplier> supplier(std::size_t queue) const;

    /// As SlotShares::divide().
    void divide(const std::vector<double>& weights, std::size_t slots, Lending lending);

    [[nodiscard]] std::vector<SlotShares::Use> use() const;

private:
    class Pool;
    class Supplier;

    std::shared_ptr<Pool> pool_;
    std::jthread clock_;
};

}  // namespace inference
