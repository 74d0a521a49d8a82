#include "cli/models.hpp"

#include "cli/command_line.hpp"
#include "cli/engine_health.hpp"
#include "cli/settings.hpp"
#include "cli/table.hpp"
#include "registry/engine.hpp"
#include "registry/model_registry.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

namespace inference::cli {
namespace {

constexpr std::chrono::seconds kPatience{5};

nlohmann::json to_json_object(const EndpointHealth& health) {
    nlohmann::json object{{"endpoint", health.endpoint}, {"ready", !health.error}};
    if (health.error) {
        object["error"] = {
            {"code", to_string(health.error->code)}, {"message", health.error->message}
        };
    }
    return object;
}

nlohmann::json to_json_list(
    const ModelRegistry& registry, const std::vector<EndpointHealth>& health
) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [name, model] : registry.models()) {
        nlohmann::json object{
            {"model", name},
            {"engine", to_string(model.engine)},
            {"engine_model", model.engine_model},
            {"endpoints", nlohmann::json::array()}
        };
        if (model.fallback) {
            object["fallback"] = *model.fallback;
        }
        for (const EndpointHealth& endpoint : health) {
            if (endpoint.model == name) {
                object["endpoints"].push_back(to_json_object(endpoint));
            }
        }
        list.push_back(std::move(object));
    }
    return list;
}

Table to_table(const ModelRegistry& registry, const std::vector<EndpointHealth>& health) {
    Table table({"MODEL", "ENGINE", "ENDPOINT", "HEALTH"});
    for (const EndpointHealth& endpoint : health) {
        const Model& model = registry.models().at(endpoint.model);
        table.add(
            {endpoint.model,
             std::string(to_string(model.engine)),
             endpoint.endpoint,
             endpoint.error ? endpoint.error->message : "ready"}
        );
    }
    return table;
}

ExitCode models(Invocation& invocation) {
    const ModelRegistry registry(require_settings(invocation.common).models);
    const auto engines = make_engines(registry);
    const auto health = check_engines(*engines, kPatience);
    if (invocation.json()) {
        invocation.print(to_json_list(registry, health));
    } else if (health.empty()) {
        invocation.err << "the configuration has no models\n";
    } else {
        invocation.out << to_table(registry, health);
    }
    return ExitCode::kDone;
}

}  // namespace

void add_models(CommandLine& line) {
    line.add("models", "Lists the models and whether their engines are ready", models);
}

}  // namespace inference::cli
