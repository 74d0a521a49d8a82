#include "activities/engine_pool.hpp"

#include "adapters/http/http_engine.hpp"
#include "adapters/make_adapter.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

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

}  // namespace

Result<std::shared_ptr<EnginePool>> EnginePool::make(const ModelRegistry& registry) {
    const auto http = std::make_shared<HttpEngine>();
    auto pool = std::make_shared<EnginePool>();
    for (const auto& [name, model] : registry.models()) {
        const Result<std::string> api_key = api_key_of(model);
        if (!api_key) {
            return tl::unexpected(api_key.error());
        }
        for (const std::string& url : model.endpoints) {
            EndpointOptions options{.model = name, .url = url, .engine_model = model.engine_model};
            options.api_key = *api_key;
            options.tls = model.tls;
            auto adapter = make_adapter(model.engine, std::move(options), http);
            if (!adapter) {
                return tl::unexpected(adapter.error());
            }
            auto endpoint = std::make_shared<Endpoint>();
            endpoint->adapter = *std::move(adapter);
            pool->models_[name].push_back(std::move(endpoint));
        }
    }
    return pool;
}

void EnginePool::call(EngineCall call, CallOptions options, Completion<EngineReply> done) {
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
    const auto endpoint = *std::ranges::min_element(model->second, {}, [](const auto& candidate) {
        return candidate->under_way.load(std::memory_order_relaxed);
    });
    endpoint->under_way.fetch_add(1, std::memory_order_relaxed);
    endpoint->adapter->call(
        std::move(call),
        std::move(options),
        [endpoint, done = std::move(done)](Outcome<EngineReply> outcome) {
            endpoint->under_way.fetch_sub(1, std::memory_order_relaxed);
            done(std::move(outcome));
        }
    );
}

}  // namespace inference
