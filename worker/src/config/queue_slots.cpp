#include "config/queue_slots.hpp"

#include "config/config.hpp"
#include "config/slots.hpp"
#include "contracts/priority.hpp"

#include <cstddef>
#include <vector>

namespace inference {

std::vector<QueueSlots> queue_slots(const WorkerConfig& worker) {
    std::vector<int> shares;
    shares.reserve(worker.serve.size());
    for (const Priority priority : worker.serve) {
        shares.push_back(worker.shares.at(priority));
    }
    const auto workflow_tasks = slots_by_largest_remainder(
        worker.max_concurrent_workflow_tasks, shares, kLeastWorkflowTaskSlots
    );
    std::vector<QueueSlots> slots;
    slots.reserve(worker.serve.size());
    for (std::size_t i = 0; i < worker.serve.size(); ++i) {
        slots.push_back({worker.serve[i], workflow_tasks[i]});
    }
    return slots;
}

}  // namespace inference
