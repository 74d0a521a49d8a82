/// @file activities/engine_pool.hpp
/// @brief The endpoints of every model, ready to be called.
#pragma once

#include "adapters/adapter.hpp"
#include "contracts/result.hpp"
#include "registry/model_registry.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// One adapter for each endpoint of each model.
///
/// Threads: any. Destroy: completes what is under way as cancelled.
class EnginePool {
public:
    /// Errors: Fatal, naming the model, for an address, key or file that cannot be used.
    static Result<std::shared_ptr<EnginePool>> make(const ModelRegistry& registry);

    /// Calls the model's endpoint with the fewest calls under way.
    /// Errors: Fatal MODEL_NOT_FOUND for a model that this worker does not have, through `done`.
    void call(EngineCall call, CallOptions options, Completion<EngineReply> done);

    /// One endpoint of one model, for health checks.
    struct Endpoint {
        std::unique_ptr<Adapter> adapter;
        std::atomic<int> under_way{0};
    };
    using Endpoints = std::vector<std::shared_ptr<Endpoint>>;
    [[nodiscard]] const std::map<std::string, Endpoints, std::less<>>& models() const noexcept {
        return models_;
    }

private:
    std::map<std::string, Endpoints, std::less<>> models_;
};

}  // namespace inference
