/// @file activities/engine_pool.hpp
/// @brief The endpoints of every model, ready to be called.
#pragma once

#include "activities/model_endpoints.hpp"
#include "adapters/adapter.hpp"
#include "contracts/result.hpp"
#include "registry/model_registry.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace inference {

/// Threads: any. Destroy: completes what is under way as cancelled.
class EnginePool {
public:
    /// Errors: Fatal, naming the model, for an address, key or file that cannot be used.
    static Result<std::shared_ptr<EnginePool>> make(
        const ModelRegistry& registry, const CallListeners& listeners = {}
    );

    /// Calls one of the model's endpoints, as ModelEndpoints::call() says.
    /// Errors: Fatal MODEL_NOT_FOUND for a model that this worker does not have, through `done`.
    void call(
        EngineCall call,
        CallOptions options,
        std::chrono::milliseconds timeout,
        Completion<EngineReply> done
    );

    /// The most items that a call to the model should hold, by the configuration and by what has run out of memory; 0: no
    /// limit is known.
    [[nodiscard]] std::int64_t batch_limit(const Model& model) const;

    using Models = std::map<std::string, std::unique_ptr<ModelEndpoints>, std::less<>>;
    /// For health checks and metrics.
    [[nodiscard]] const Models& models() const noexcept { return models_; }

private:
    Models models_;
};

}  // namespace inference
