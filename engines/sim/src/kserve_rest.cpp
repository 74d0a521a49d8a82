#include "kserve_rest.hpp"

#include "kserve_facts.hpp"
#include "kserve_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace engine_sim {

namespace {

using boost::beast::http::verb;
using nlohmann::ordered_json;

constexpr std::string_view kModels = "/v2/models/";

HttpReply ok(const ordered_json& body) {
    return {
        .status = 200,
        .content_type = "application/json",
        .body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace),
    };
}

HttpReply empty(int status) {
    return {.status = status, .content_type = "text/plain", .body = ""};
}

HttpReply not_ready() {
    return {
        .status = 400,
        .content_type = "application/json",
        .body = R"({"error":"Model version not ready"})",
    };
}

/// Up to the next slash, which goes with it.
std::string_view take_segment(std::string_view& path) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
    return segment;
}

}  // namespace

KserveRest::KserveRest(Engine& engine, const TensorCatalog& models, Duration latency)
    : engine_(engine), models_(models), latency_(latency), calls_(engine, not_ready()) {}

bool KserveRest::serves(std::string_view path) {
    return path == "/v2" || path.starts_with("/v2/health/") || path.starts_with(kModels);
}

KserveRest::Route KserveRest::route_of(std::string_view path) {
    Route route;
    if (!path.starts_with(kModels)) {
        return route;
    }
    path.remove_prefix(kModels.size());
    route.model = take_segment(path);
    route.action = take_segment(path);
    if (route.action == "versions") {
        route.version = take_segment(path);
        route.action = take_segment(path);
    }
    return route;
}

void KserveRest::handle(const std::shared_ptr<HttpExchange>& exchange) {
    const Route route = route_of(exchange->path());
    CallFacts facts{.path = std::string(exchange->path()), .model = route.model};
    if (route.action == "infer") {
        if (const auto request =
                read_json_request(exchange->request.body(), route.model, route.version)) {
            facts = facts_of(facts.path, *request, calls_.reads_text());
        }
    }
    facts.traceparent = exchange->header("traceparent");
    calls_.receive(exchange, std::move(facts), [this, route](const Visit& visit) {
        serve(visit, route);
    });
}

void KserveRest::serve(const Visit& visit, const Route& route) {
    const std::string_view path = visit->facts.path;
    const bool infers = route.action == "infer";
    if (visit->exchange->request.method() != (infers ? verb::post : verb::get)) {
        calls_.send(*visit, empty(405));
    } else if (path == "/v2") {
        calls_.send(
            *visit,
            ok({{"name", "engine-sim"}, {"version", "2"}, {"extensions", ordered_json::array()}})
        );
    } else if (path == "/v2/health/live" || path == "/v2/health/ready") {
        calls_.send(*visit, empty(200));
    } else if (route.model.empty()) {
        calls_.send(*visit, empty(404));
    } else if (infers) {
        infer(visit, route);
    } else {
        describe(visit, route);
    }
}

void KserveRest::describe(const Visit& visit, const Route& route) {
    const auto model = models_.find(route.model, route.version);
    if (route.action == "ready") {
        calls_.send(*visit, model ? empty(200) : not_ready());
    } else if (!model) {
        calls_.send(*visit, http_reply_of(model.error()));
    } else if (route.action == "config") {
        calls_.send(*visit, ok(config_json((*model)->signature())));
    } else if (route.action.empty()) {
        calls_.send(*visit, ok(metadata_json((*model)->signature())));
    } else {
        calls_.send(*visit, empty(404));
    }
}

void KserveRest::infer(const Visit& visit, const Route& route) {
    const auto model = models_.find(route.model, route.version);
    if (!model) {
        calls_.send(*visit, http_reply_of(model.error()));
        return;
    }
    if ((*model)->is_decoupled()) {
        calls_.send(
            *visit,
            http_reply_of(
                {.code = grpc::StatusCode::UNIMPLEMENTED,
                 .message =
                     "HTTP end point doesn't support models with decoupled transaction policy"}
            )
        );
        return;
    }
    const auto request =
        read_json_request(visit->exchange->request.body(), route.model, route.version);
    const auto response =
        request.and_then([this](const auto& read) { return models_.infer(read); });
    if (!response) {
        calls_.send(*visit, http_reply_of(response.error()));
        return;
    }
    const auto done = [this, visit, reply = ok(json_of(*response))] { calls_.send(*visit, reply); };
    if (!engine_.run(visit->id, {latency_}, visit->facts.priority, done)) {
        calls_.send(*visit, http_reply_of(queue_full(request->id())));
    }
}

}  // namespace engine_sim
