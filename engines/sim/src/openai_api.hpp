/// @file openai_api.hpp
/// @brief The HTTP paths of an OpenAI server.
#pragma once

#include "engine.hpp"
#include "http_calls.hpp"
#include "http_exchange.hpp"
#include "text_call.hpp"
#include "ticker.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace engine_sim {

/// GET /health, /v1/models, /version; POST /v1/chat/completions, /v1/completions, /v1/embeddings, and the paths of
/// score, rerank, classify and pooling.
///
/// Threads: the I/O thread only.
class OpenAiApi {
public:
    struct Options {
        TextModels models;
        Speed speed;
        std::chrono::milliseconds sse_keep_alive{0};  ///< 0: streams are silent between events.
        std::string api_key;  ///< Empty: anybody may call. Asked for on paths under /v1 and /v2.
    };

    OpenAiApi(Engine& engine, Ticker& ticker, Options options)
        : engine_(engine),
          ticker_(ticker),
          calls_(engine, {.status = 503, .content_type = "application/json", .body = ""}),
          options_(std::move(options)) {}

    void handle(const std::shared_ptr<HttpExchange>& exchange);

private:
    using Visit = std::shared_ptr<HttpCalls::Visit>;
    using Body = tl::expected<nlohmann::json, HttpReply>;

    void serve(const Visit& visit, const Body& body);
    void serve_text(const Visit& visit, const Body& body, TextEndpoint endpoint);
    void answer(const Visit& visit, const TextCall& call);
    void stream(const Visit& visit, const TextCall& call);
    static std::string id_of(const HttpCalls::Visit& visit);
    bool is_authorised(const HttpExchange& exchange) const;

    Engine& engine_;
    Ticker& ticker_;
    HttpCalls calls_;
    Options options_;
};

}  // namespace engine_sim
