/// @file registry/model_registry.hpp
/// @brief The models that this worker can serve, by name.
#pragma once

#include "contracts/result.hpp"
#include "registry/model.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// Threads: immutable after construction, share freely.
class ModelRegistry {
public:
    using Models = std::map<std::string, Model, std::less<>>;

    ModelRegistry() = default;
    /// Of two models with one name the first counts; the configuration refuses the second.
    explicit ModelRegistry(std::vector<Model> models);

    /// Lifetime: the model lives as long as the registry.
    /// Errors: Fatal MODEL_NOT_FOUND with the known names, the closest first.
    [[nodiscard]] Result<std::reference_wrapper<const Model>> lookup(std::string_view name) const;

    /// By name.
    [[nodiscard]] const Models& models() const noexcept { return models_; }

private:
    Models models_;
};

}  // namespace inference
