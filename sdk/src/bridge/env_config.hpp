/// @file bridge/env_config.hpp
/// @brief The settings that all Temporal tools share, read by core.
#pragma once

#include "temporal/connect_options.hpp"

#include <string>

namespace temporal::bridge {

/// The profile of `source` as core's JSON, without what is set nowhere.
///
/// Errors: ConnectError (kInvalidOptions) naming what is wrong.
[[nodiscard]] std::string read_profile(EnvironmentSource source);

}  // namespace temporal::bridge
