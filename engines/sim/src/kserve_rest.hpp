/// @file kserve_rest.hpp
/// @brief The KServe v2 paths over HTTP, with tensors in JSON, as Triton serves them.
#pragma once

#include "engine.hpp"
#include "http_calls.hpp"
#include "http_exchange.hpp"
#include "tensor_catalog.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace engine_sim {

/// GET /v2, /v2/health/{live,ready}, /v2/models/M[/versions/V][/ready|/config]; POST .../infer. No binary tensors.
///
/// Threads: the I/O thread only.
class KserveRest {
public:
    KserveRest(Engine& engine, const TensorCatalog& models, Duration latency);

    /// Among the paths under /v2 some are an OpenAI server's.
    static bool serves(std::string_view path);

    void handle(const std::shared_ptr<HttpExchange>& exchange);

private:
    using Visit = std::shared_ptr<HttpCalls::Visit>;

    /// /v2/models/MODEL[/versions/VERSION][/ACTION]
    struct Route {
        std::string model;
        std::string version;
        std::string action;
    };

    static Route route_of(std::string_view path);
    void serve(const Visit& visit, const Route& route);
    void describe(const Visit& visit, const Route& route);
    void infer(const Visit& visit, const Route& route);

    Engine& engine_;
    const TensorCatalog& models_;
    Duration latency_;
    HttpCalls calls_;
};

}  // namespace engine_sim
