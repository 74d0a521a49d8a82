#include "registry/model_registry.hpp"

#include "contracts/describe.hpp"
#include "contracts/error.hpp"
#include "contracts/result.hpp"
#include "registry/closest_names.hpp"
#include "registry/model.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {
namespace {

constexpr std::size_t kMostNamesInAMessage = 10;

std::vector<std::string> names_of(const ModelRegistry::Models& models) {
    std::vector<std::string> names;
    names.reserve(models.size());
    for (const auto& entry : models) {
        names.push_back(entry.first);
    }
    return names;
}

Error not_found(std::string_view name, const ModelRegistry::Models& models) {
    std::string message = "model " + shown(name) + " is not in the registry";
    if (models.empty()) {
        return fatal(
            ErrorCode::kModelNotFound,
            message + ", which is empty; add it under 'models' in the configuration"
        );
    }
    message += "; known, the closest first: ";
    const auto names = by_closeness(name, names_of(models));
    for (std::size_t i = 0; i < names.size() && i < kMostNamesInAMessage; ++i) {
        message += (i == 0 ? "" : ", ") + names[i];
    }
    if (names.size() > kMostNamesInAMessage) {
        message += " and " + std::to_string(names.size() - kMostNamesInAMessage) + " more";
    }
    return fatal(
        ErrorCode::kModelNotFound,
        message +
            "; correct the request's 'model', or add the model under 'models' in the worker's "
            "configuration"
    );
}

}  // namespace

ModelRegistry::ModelRegistry(std::vector<Model> models) {
    // From the back, so that the first of two with one name is the one that stays.
    while (!models.empty()) {
        std::string name = models.back().name;
        models_.insert_or_assign(std::move(name), std::move(models.back()));
        models.pop_back();
    }
}

Result<std::reference_wrapper<const Model>> ModelRegistry::lookup(std::string_view name) const {
    const auto found = models_.find(name);
    if (found == models_.end()) {
        return tl::unexpected(not_found(name, models_));
    }
    return std::cref(found->second);
}

}  // namespace inference
