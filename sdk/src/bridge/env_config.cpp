#include "bridge/env_config.hpp"

#include "bridge/core_abi.hpp"
#include "bridge/core_options.hpp"
#include "temporal/error.hpp"

#include <cstdlib>

namespace temporal::bridge {
namespace {

std::string profile_variable() {
    const char* const name = std::getenv("TEMPORAL_PROFILE");  // NOLINT(concurrency-mt-unsafe)
    return name == nullptr ? "" : name;
}

}  // namespace

std::string read_profile(EnvironmentSource source) {
    const std::string json = env_config_options_json(source, profile_variable());
    std::int32_t status = TCORE_ERROR;
    const Buffer answer = with_buffer(status, [&json](tcore_buf* buffer) {
        return tcore_env_config(lend(json), buffer);
    });
    if (status != TCORE_OK) {
        throw ConnectError(
            ConnectError::Kind::kInvalidOptions,
            "cannot read Temporal's environment variables or its configuration file: " +
                answer.str()
        );
    }
    return answer.str();
}

}  // namespace temporal::bridge
