/// @file cli/queue_use.hpp
/// @brief What a worker tells of the slots of its queues, on its admin page and in `queues`.
#pragma once

#include "capacity/slot_shares.hpp"
#include "config/config.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace inference::cli {

/// Shape: an object by queue: {"inference-high": {"share", "share_had", "floor", "slots_used", "slots_lent", "slot_seconds"}}.
/// `uses` is in the order of `serve`.
nlohmann::json queue_use_json(const WorkerConfig& worker, const std::vector<SlotShares::Use>& uses);

}  // namespace inference::cli
