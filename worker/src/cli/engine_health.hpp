/// @file cli/engine_health.hpp
/// @brief Whether the engines of a configuration can take calls now.
#pragma once

#include "activities/engine_pool.hpp"
#include "contracts/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace inference::cli {

struct EndpointHealth {
    std::string model;
    std::string endpoint;
    std::optional<Error> error;  ///< Absent: ready.
};

/// Asks every endpoint at once. Order: by model, then as configured.
///
/// Returns after `timeout` at the latest; what has not answered by then is an error.
std::vector<EndpointHealth> check_engines(
    const EnginePool& engines, std::chrono::milliseconds timeout
);

/// The engines of a configuration.
///
/// Errors: CommandError (78) for an address, key or file that cannot be used.
std::shared_ptr<EnginePool> make_engines(
    const ModelRegistry& registry, const CallListeners& listeners = {}
);

}  // namespace inference::cli
