/// @file registry/model.hpp
/// @brief One entry of the configuration's `models`: where a model is served and how it is called.
#pragma once

#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "contracts/text_filter.hpp"
#include "resilience/breaker_options.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// What stands for the text in a template.
inline constexpr std::string_view kPromptPlaceholder = "{prompt}";

/// What is put around a text before the engine sees it, and taken off its answer.
struct ModelTemplate {
    /// Every `{prompt}` in it becomes the text; all else stays as it is. Empty: the text alone.
    /// It applies to each `prompt` and each of `texts`. Chat messages keep to the engine's own chat template.
    std::string prompt;
    std::vector<TextFilter> filters;  ///< Applied in this order to each generated text.

    bool operator==(const ModelTemplate&) const = default;
};

/// Threads: plain data, immutable once in the registry.
struct Model {
    std::string name;  ///< The registry's name, which requests use.
    EngineKind engine = EngineKind::kVllm;
    /// Shape: not empty. OpenAI-like: "http(s)://host[:port][/path]" without a slash at its end;
    ///        KServe v2: "host:port" (gRPC) or "http(s)://host:port".
    std::vector<std::string> endpoints;
    std::string
        engine_model;  ///< The engine's name for it; the configuration defaults it to `name`.
    std::optional<std::string>
        api_key_env;  ///< The environment variable that holds the bearer token.
    std::optional<TlsFiles>
        tls;  ///< Set: TLS on a host:port endpoint, and these files for https ones.
    std::chrono::milliseconds timeout{280'000};  ///< Of one call.
    std::chrono::milliseconds ready_timeout{600'000
    };  ///< How long a job waits for a ready endpoint; 0: not at all.
    std::optional<int>
        max_concurrency;  ///< Calls at once from this process; absent: as many as it has slots.
    std::optional<int> max_batch;  ///< Items in one call; absent: the engine's own limit.
    std::optional<std::string> fallback;  ///< The registry's name of the model to use instead.
    BreakerOptions breaker;
    nlohmann::json defaults = nlohmann::json::object();  ///< Parameters where the request has none.
    ModelTemplate prompt_template;  ///< `template` in the configuration.

    bool operator==(const Model&) const = default;
};

}  // namespace inference
