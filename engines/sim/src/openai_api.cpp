#include "openai_api.hpp"

#include "request_fields.hpp"
#include "text_answer.hpp"
#include "text_fault.hpp"
#include "text_request.hpp"
#include "text_stream.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace engine_sim {

namespace {

using boost::beast::http::verb;
using nlohmann::json;

constexpr std::string_view kVersion = "0.32.0";

std::optional<TextEndpoint> endpoint_of(std::string_view path) {
    static constexpr std::array<std::pair<std::string_view, TextEndpoint>, 10> kPaths = {{
        {"/v1/chat/completions", TextEndpoint::kChat},
        {"/v1/completions", TextEndpoint::kCompletion},
        {"/v1/embeddings", TextEndpoint::kEmbedding},
        {"/score", TextEndpoint::kScore},
        {"/v1/score", TextEndpoint::kScore},
        {"/rerank", TextEndpoint::kRerank},
        {"/v1/rerank", TextEndpoint::kRerank},
        {"/v2/rerank", TextEndpoint::kRerank},
        {"/classify", TextEndpoint::kClassify},
        {"/pooling", TextEndpoint::kPooling},
    }};
    const auto* const found =
        std::ranges::find(kPaths, path, [](const auto& it) { return it.first; });
    if (found == kPaths.end()) {
        return std::nullopt;
    }
    return found->second;
}

HttpReply ok(const json& body) {
    return {
        .status = 200,
        .content_type = "application/json",
        .body = body.dump(-1, ' ', false, json::error_handler_t::replace),
    };
}

HttpReply queue_full() {
    return error_reply(
        503,
        "Service Unavailable",
        "The engine is currently busy and cannot accept new requests. Please try again later or on "
        "a different "
        "instance."
    );
}

/// As the framework below vLLM says it, which knows nothing of vLLM's form of errors.
HttpReply without_route(int status, std::string_view detail) {
    HttpReply reply = ok({{"detail", detail}});
    reply.status = status;
    return reply;
}

long unix_seconds() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count());
}

CallFacts facts_of_exchange(const HttpExchange& exchange, const json& body) {
    CallFacts facts = facts_of(body);
    facts.path = exchange.path();
    facts.traceparent = exchange.header("traceparent");
    if (const std::string_view id = exchange.header("x-request-id"); !id.empty()) {
        facts.request_id = id;
    }
    return facts;
}

}  // namespace

void OpenAiApi::handle(const std::shared_ptr<HttpExchange>& exchange) {
    const auto body = std::make_shared<Body>(
        exchange->request.method() == verb::post ? parse_body(exchange->request.body()) : json()
    );
    CallFacts facts = facts_of_exchange(*exchange, body->value_or(json()));
    if (calls_.reads_text()) {
        facts.text = text_of(body->value_or(json()));
    }
    calls_.receive(exchange, std::move(facts), [this, body](const auto& visit) {
        serve(visit, *body);
    });
}

void OpenAiApi::serve(const Visit& visit, const Body& body) {
    const std::string_view path = visit->facts.path;
    if (!is_authorised(*visit->exchange)) {
        calls_.send(
            *visit,
            {.status = 401,
             .content_type = "application/json",
             .body = R"({"error":"Unauthorized"})"}
        );
        return;
    }
    const auto endpoint = endpoint_of(path);
    const bool is_get = path == "/health" || path == "/v1/models" || path == "/version";
    const verb method = visit->exchange->request.method();
    if (!endpoint && !is_get) {
        calls_.send(*visit, without_route(404, "Not Found"));
    } else if (method != (endpoint ? verb::post : verb::get)) {
        calls_.send(*visit, without_route(405, "Method Not Allowed"));
    } else if (endpoint) {
        serve_text(visit, body, *endpoint);
    } else if (path == "/health") {
        calls_.send(*visit, {.status = 200, .content_type = "application/json", .body = ""});
    } else if (path == "/version") {
        calls_.send(*visit, ok({{"version", kVersion}}));
    } else {
        calls_.send(*visit, ok(model_list(options_.models, unix_seconds())));
    }
}

void OpenAiApi::serve_text(const Visit& visit, const Body& body, TextEndpoint endpoint) {
    const auto call = body.and_then([&](const json& fields) {
        return read_text_call(endpoint, fields, options_.models);
    });
    if (!call) {
        calls_.send(*visit, call.error());
        return;
    }
    TextCall answered = *call;
    if (visit->fault) {
        apply(*visit->fault, answered);
    }
    answered.stream ? stream(visit, answered) : answer(visit, answered);
}

void OpenAiApi::answer(const Visit& visit, const TextCall& call) {
    const auto done = [this, visit, call] {
        const nlohmann::ordered_json details = {
            {"prompt_tokens", call.total_prompt_tokens()},
            {"completion_tokens", call.total_completion_tokens()},
        };
        calls_.send(*visit, ok(answer_of(call, id_of(*visit), unix_seconds())), details);
    };
    const auto times = service_times(call, options_.speed);
    if (!engine_.run(visit->id, times, visit->facts.priority, done)) {
        calls_.send(*visit, queue_full());
    }
}

void OpenAiApi::stream(const Visit& visit, const TextCall& call) {
    const auto stream = std::make_shared<TextStream>(
        engine_,
        ticker_,
        TextStream::Call{visit->id, visit->exchange, visit->fault, options_.sse_keep_alive},
        TokenStream(call, options_.speed, id_of(*visit), unix_seconds()),
        call.total_prompt_tokens()
    );
    const bool has_room = engine_.run(
        visit->id,
        service_times(call, options_.speed),
        visit->facts.priority,
        [stream] { stream->finish(); },
        [stream](std::size_t sequence, TimePoint at) { stream->start(sequence, at); }
    );
    if (has_room) {
        stream->open();
    } else {
        calls_.send(*visit, queue_full());
    }
}

std::string OpenAiApi::id_of(const HttpCalls::Visit& visit) {
    return visit.facts.request_id.empty() ? std::to_string(visit.id) : visit.facts.request_id;
}

bool OpenAiApi::is_authorised(const HttpExchange& exchange) const {
    const std::string_view path = exchange.path();
    const bool is_guarded = path.starts_with("/v1") || path.starts_with("/v2");
    return options_.api_key.empty() || !is_guarded ||
           exchange.header("authorization") == "Bearer " + options_.api_key;
}

}  // namespace engine_sim
