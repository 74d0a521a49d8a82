/// @file cli/queue_use.hpp
/// @brief What a worker tells of the slots of its queues, on its admin page and in `queues`.
#pragma once

#include "capacity/slot_shares.hpp"
#include "config/config.hpp"
#include "contracts/priority.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace inference::cli {

/// Shape: an object by queue: {"inference-high": {"share", "share_had", "floor", "slots_used", "slots_lent", "slot_seconds"}}.
/// Of the queues that are served. `uses` is in the order of kPriorities.
nlohmann::json queue_use_json(
    const std::vector<Priority>& served, const std::vector<SlotShares::Use>& uses
);

/// The shares of a configuration: queues in the order of kPriorities, those that are not served without weight.
std::vector<double> share_weights(const WorkerConfig& worker);
Lending lending_of(const WorkerConfig& worker);

}  // namespace inference::cli
