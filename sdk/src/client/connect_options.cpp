#include "temporal/connect_options.hpp"

#include "bridge/core_options.hpp"
#include "bridge/env_config.hpp"

namespace temporal {

void ConnectOptions::apply_environment(EnvironmentSource source) {
    bridge::apply_profile(bridge::read_profile(source), *this);
}

ConnectOptions ConnectOptions::from_environment() {
    ConnectOptions options;
    options.apply_environment();
    return options;
}

}  // namespace temporal
