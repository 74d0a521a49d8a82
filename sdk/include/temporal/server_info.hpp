/// @file temporal/server_info.hpp
/// @brief What the server tells of itself, its namespaces and its queues.
#pragma once

#include "temporal/retry_policy.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace temporal {

struct ServerInfo {
    std::string version;  ///< Such as "1.29.1"; empty where the server hides it.
};

enum class NamespaceState { kUnknown, kRegistered, kDeprecated, kDeleted };

struct NamespaceDescription {
    std::string name;
    NamespaceState state = NamespaceState::kUnknown;
    std::string description;
    std::optional<Duration> retention;  ///< How long closed workflows are kept.
};

/// A queue has one list of tasks of each kind.
enum class TaskQueueKind { kWorkflow, kActivity };

/// A worker that asked for tasks within the last minutes.
struct Poller {
    std::string identity;
    std::chrono::system_clock::time_point last_access_time;
};

struct TaskQueueDescription {
    std::vector<Poller> pollers;
    std::int64_t backlog = 0;  ///< Tasks that wait; approximate.
    Duration backlog_age{0};  ///< How long the oldest has waited.
    double tasks_added_per_second = 0;
    double tasks_dispatched_per_second = 0;
};

}  // namespace temporal
