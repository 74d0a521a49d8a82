/// @file openai_api.hpp
/// @brief The HTTP paths of an OpenAI server.
#pragma once

#include "engine.hpp"
#include "http_exchange.hpp"
#include "text_call.hpp"
#include "ticker.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <chrono>
#include <memory>
#include <optional>
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
        : engine_(engine), ticker_(ticker), options_(std::move(options)) {}

    void handle(const std::shared_ptr<HttpExchange>& exchange);

private:
    using Exchange = std::shared_ptr<HttpExchange>;

    /// One call on its way through; `body` and `fault` may be empty.
    struct Visit {
        CallId id = 0;
        CallFacts facts;
        Exchange exchange;
        tl::expected<nlohmann::json, HttpReply> body;
        std::optional<FaultAction> fault;
    };

    void go_on(const std::shared_ptr<Visit>& visit);
    void serve(const std::shared_ptr<Visit>& visit);
    void serve_text(const std::shared_ptr<Visit>& visit, TextEndpoint endpoint);
    void answer(const std::shared_ptr<Visit>& visit, const TextCall& call);
    void stream(const std::shared_ptr<Visit>& visit, const TextCall& call);
    void send(
        const Visit& visit,
        HttpReply reply,
        const nlohmann::ordered_json& details = nlohmann::ordered_json::object()
    );
    static std::string id_of(const Visit& visit);
    bool is_authorised(const HttpExchange& exchange) const;

    Engine& engine_;
    Ticker& ticker_;
    Options options_;
};

}  // namespace engine_sim
