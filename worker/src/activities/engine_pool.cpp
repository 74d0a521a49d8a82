#include "activities/engine_pool.hpp"

#include "adapters/http/http_engine.hpp"
#include "adapters/make_adapter.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

namespace inference {
namespace {

Result<std::string> api_key_of(const Model& model) {
    if (!model.api_key_env) {
        return std::string();
    }
    const char* key = std::getenv(model.api_key_env->c_str());
    if (key == nullptr || *key == '\0') {
        return tl::unexpected(fatal(
            ErrorCode::kAuth,
            "model '" + model.name + "': api_key_env names the variable " + *model.api_key_env +
                ", which is not set; set it and start again"
        ));
    }
    return std::string(key);
}

Result<std::unique_ptr<ModelEndpoints>> make_endpoints(
    const Model& model, const std::shared_ptr<HttpEngine>& http, const CallListeners& listeners
) {
    const Result<std::string> api_key = api_key_of(model);
    if (!api_key) {
        return tl::unexpected(api_key.error());
    }
    std::vector<std::unique_ptr<Adapter>> adapters;
    for (const std::string& url : model.endpoints) {
        EndpointOptions options{
            .model = model.name, .url = url, .engine_model = model.engine_model
        };
        options.api_key = *api_key;
        options.tls = model.tls;
        auto adapter = make_adapter(model.engine, std::move(options), http);
        if (!adapter) {
            return tl::unexpected(adapter.error());
        }
        adapters.push_back(*std::move(adapter));
    }
    return std::make_unique<ModelEndpoints>(model, std::move(adapters), listeners);
}

}  // namespace

Result<std::shared_ptr<EnginePool>> EnginePool::make(
    const ModelRegistry& registry, const CallListeners& listeners
) {
    const auto http = std::make_shared<HttpEngine>();
    auto pool = std::make_shared<EnginePool>();
    for (const auto& [name, model] : registry.models()) {
        auto endpoints = make_endpoints(model, http, listeners);
        if (!endpoints) {
            return tl::unexpected(endpoints.error());
        }
        pool->models_.emplace(name, *std::move(endpoints));
    }
    return pool;
}

void EnginePool::call(
    EngineCall call,
    CallOptions options,
    std::chrono::milliseconds timeout,
    Completion<EngineReply> done
) {
    const auto model = models_.find(call.model);
    if (model == models_.end()) {
        // The step before ran on a worker with another configuration.
        return done(fatal(
            ErrorCode::kModelNotFound,
            "model '" + call.model +
                "' is not in this worker's configuration; give all workers of a "
                "queue the same models"
        ));
    }
    model->second->call(std::move(call), std::move(options), timeout, std::move(done));
}

std::int64_t EnginePool::batch_limit(const Model& model) const {
    const std::int64_t configured = model.max_batch.value_or(0);
    const auto endpoints = models_.find(model.name);
    const std::int64_t learned =
        endpoints == models_.end() ? 0 : endpoints->second->batch_limit().value_or(0);
    if (configured == 0 || learned == 0) {
        return std::max(configured, learned);
    }
    return std::min(configured, learned);
}

}  // namespace inference
