#include "cli/validate_config.hpp"

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/settings.hpp"
#include "config/load.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

nlohmann::json report(const std::filesystem::path& file, const ConfigErrors* errors) {
    nlohmann::json problems = nlohmann::json::array();
    if (errors != nullptr) {
        for (const ConfigProblem& problem : errors->problems) {
            problems.push_back({{"line", problem.line}, {"message", problem.message}});
        }
    }
    return {{"file", file.string()}, {"valid", errors == nullptr}, {"errors", problems}};
}

ExitCode validate_config(Invocation& invocation) {
    const auto file = config_file(invocation.common);
    if (!file) {
        // Says what is missing.
        require_settings(invocation.common);
    }
    const auto config = load_config(*file);
    if (invocation.json()) {
        invocation.print(report(*file, config ? nullptr : &config.error()));
    } else if (config) {
        invocation.out << file->string() << " is valid: " << config->models.size() << " models\n";
    } else {
        invocation.err << to_string(config.error());
    }
    return config ? ExitCode::kDone : ExitCode::kBadConfiguration;
}

}  // namespace

void add_validate_config(CommandLine& line) {
    line.add(
        "validate-config", "Says everything that is wrong with the configuration", validate_config
    );
}

}  // namespace inference::cli
