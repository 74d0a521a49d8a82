/// @file telemetry/worker_state.hpp
/// @brief What a worker is at the moment when its metrics are read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inference {

/// The activity slots of a queue.
struct SlotsOfQueue {
    std::string queue;
    std::int64_t used = 0;
    std::int64_t lent = 0;  ///< Of `used`, what is above the queue's floor.
    std::int64_t free = 0;  ///< Of the queue's floor.
};

/// Range: as it is exported.
enum class Circuit { kClosed = 0, kHalfOpen = 1, kOpen = 2 };

/// By model and endpoint.
using Circuits = std::map<std::pair<std::string, std::string>, Circuit>;

struct WorkerState {
    std::vector<SlotsOfQueue> slots;
    /// Tasks that wait in the server, by queue. What is not known is left out.
    std::map<std::string, std::int64_t> backlogs;
    Circuits circuits;
    std::optional<std::uint64_t> spans_dropped;  ///< Where spans are sent.
};

}  // namespace inference
