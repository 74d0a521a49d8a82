#include "cli/settings.hpp"

#include "cli/command_error.hpp"
#include "config/load.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace inference::cli {
namespace {

Config load(const std::filesystem::path& file) {
    auto config = load_config(file);
    if (!config) {
        std::string problems = to_string(config.error());
        problems.pop_back();  // The last line break.
        throw CommandError(ExitCode::kBadConfiguration, "the configuration is wrong\n" + problems);
    }
    return *std::move(config);
}

void lay_over(
    temporal::ConnectOptions& options,
    const std::optional<std::string>& address,
    const std::optional<std::string>& namespace_name
) {
    options.address = address.value_or(options.address);
    options.namespace_name = namespace_name.value_or(options.namespace_name);
}

}  // namespace

std::optional<std::filesystem::path> config_file(const CommonOptions& common) {
    if (common.config) {
        return common.config;
    }
    std::error_code ignored;
    const std::filesystem::path file(kDefaultConfigFile);
    return std::filesystem::exists(file, ignored) ? std::optional(file) : std::nullopt;
}

Config load_settings(const CommonOptions& common) {
    const auto file = config_file(common);
    return file ? load(*file) : default_config("");
}

Config require_settings(const CommonOptions& common) {
    const auto file = config_file(common);
    if (!file) {
        throw CommandError(
            ExitCode::kBadConfiguration,
            std::string("there is no ./") + kDefaultConfigFile +
                " here; name a configuration with --config FILE, or try 'inference-worker dev', "
                "which needs none"
        );
    }
    return load(*file);
}

temporal::ConnectOptions connect_options(const CommonOptions& common, const TemporalConfig& file) {
    temporal::ConnectOptions options;
    options.address = kDefaultTemporalAddress;
    options.namespace_name = kDefaultTemporalNamespace;
    options.apply_environment(temporal::EnvironmentSource::kFile);
    lay_over(options, file.address, file.temporal_namespace);
    options.apply_environment(temporal::EnvironmentSource::kVariables);
    lay_over(options, common.address, common.namespace_name);
    return options;
}

}  // namespace inference::cli
