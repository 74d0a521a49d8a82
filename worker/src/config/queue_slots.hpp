/// @file config/queue_slots.hpp
/// @brief What each served queue of this process gets of its slots.
#pragma once

#include "config/config.hpp"
#include "contracts/priority.hpp"

#include <vector>

namespace inference {

/// With a cache of workflows, Temporal's core takes no fewer: one for a sticky task, one for any.
inline constexpr int kLeastWorkflowTaskSlots = 2;
inline constexpr int kLeastActivitySlots = 1;

/// Those of activities are shared as they are needed, see capacity/slot_shares.hpp.
struct QueueSlots {
    Priority priority = Priority::kNormal;
    int workflow_tasks = kLeastWorkflowTaskSlots;

    bool operator==(const QueueSlots&) const = default;
};

/// One entry for each served queue, in the order of `serve`, by largest remainder of the shares of those served.
std::vector<QueueSlots> queue_slots(const WorkerConfig& worker);

}  // namespace inference
