/// @file bridge/core_options.hpp
/// @brief Options as the JSON that core reads. Pure; the names are those of core's own option
/// structs.
#pragma once

#include "bridge/core_worker.hpp"
#include "temporal/connect_options.hpp"
#include "temporal/runtime.hpp"

#include <string>
#include <string_view>

namespace temporal::bridge {

[[nodiscard]] std::string runtime_options_json(const RuntimeOptions& options);
[[nodiscard]] std::string connect_options_json(const ConnectOptions& options);
[[nodiscard]] std::string worker_options_json(const CoreWorkerOptions& options);
[[nodiscard]] std::string replayer_options_json(
    std::string_view namespace_name, std::string_view task_queue
);

/// Where the metrics are served, from what core says of a new runtime; empty without metrics.
[[nodiscard]] std::string metrics_address_of(std::string_view runtime_info_json);

/// `profile` names the file's profile; empty is the default one.
[[nodiscard]] std::string env_config_options_json(
    EnvironmentSource source, const std::string& profile
);

/// Lays a profile, as core gives it, over `options`.
///
/// Errors: ConnectError if it is none.
void apply_profile(std::string_view profile_json, ConnectOptions& options);

}  // namespace temporal::bridge
