/// @file telemetry/state_families.hpp
/// @brief The state of a worker as metrics.
#pragma once

#include "telemetry/worker_state.hpp"

#include <prometheus/metric_family.h>

#include <vector>

namespace inference {

/// Shape: `worker_slots`, `queue_depth`, `circuit_state`, `inference_spans_dropped_total`; one without a value is left out.
std::vector<prometheus::MetricFamily> state_families(const WorkerState& state);

}  // namespace inference
