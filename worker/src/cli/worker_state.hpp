/// @file cli/worker_state.hpp
/// @brief What a worker's parts tell its metrics.
#pragma once

#include "activities/engine_pool.hpp"
#include "capacity/slot_shares.hpp"
#include "contracts/priority.hpp"
#include "registry/model_registry.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/worker_state.hpp"

#include <vector>

namespace inference::cli {

/// All that may become a label.
Metrics::Endpoints endpoints_by_model(const ModelRegistry& registry);

/// Of the queues that are served. `uses` is in the order of kPriorities.
std::vector<SlotsOfQueue> slots_by_queue(
    const std::vector<Priority>& served, const std::vector<SlotShares::Use>& uses
);

/// An endpoint that a model names twice is as open as the more open of the two.
Circuits circuits_of(const EnginePool& engines);

}  // namespace inference::cli
