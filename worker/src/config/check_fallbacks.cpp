#include "config/check_fallbacks.hpp"

#include "config/yaml_map.hpp"
#include "contracts/describe.hpp"
#include "registry/closest_names.hpp"
#include "registry/engine.hpp"
#include "registry/model.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

const Model* find_model(const std::vector<Model>& models, const std::string& name) {
    for (const Model& model : models) {
        if (model.name == name) {
            return &model;
        }
    }
    return nullptr;
}

std::string unknown(const Model& model, const std::vector<Model>& models) {
    std::vector<std::string> others;
    for (const Model& other : models) {
        if (other.name != model.name) {
            others.push_back(other.name);
        }
    }
    const auto meant = closest_name(*model.fallback, std::move(others));
    const std::string next_step =
        meant ? "did you mean '" + *meant + "'?" : "add it, or name another";
    return shown(*model.fallback) + " is no model of this file; " + next_step;
}

std::string other_requests(const Model& model, const Model& fallback) {
    return "'" + fallback.name + "' is served by " + std::string(to_string(fallback.engine)) +
           ", which takes other requests than " + std::string(to_string(model.engine)) +
           "; name a model that takes the same";
}

/// Whether the chain of fallbacks passes its start again. A circle further on is its own members' problem.
bool leads_back(const Model& start, const std::vector<Model>& models) {
    std::set<std::string> passed;
    const Model* model = &start;
    while (model != nullptr && model->fallback && passed.insert(model->name).second) {
        model = find_model(models, *model->fallback);
    }
    return model == &start && passed.contains(start.name);
}

std::optional<std::string> complaint_about(const Model& model, const std::vector<Model>& models) {
    const Model* fallback = find_model(models, *model.fallback);
    if (fallback == nullptr) {
        return unknown(model, models);
    }
    if (dialect_of(fallback->engine) != dialect_of(model.engine)) {
        return other_requests(model, *fallback);
    }
    if (leads_back(model, models)) {
        return "'" + fallback->name + "' leads back to '" + model.name + "'; break the circle";
    }
    return std::nullopt;
}

}  // namespace

void check_fallbacks(
    const std::vector<Model>& models,
    const std::vector<FallbackLine>& fallbacks,
    ConfigProblems& problems
) {
    for (const FallbackLine& line : fallbacks) {
        const Model& model = models[line.model];
        const auto complaint = model.fallback ? complaint_about(model, models) : std::nullopt;
        if (complaint) {
            problems.add(line.value, *complaint);
        }
    }
}

}  // namespace inference
