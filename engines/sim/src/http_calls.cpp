#include "http_calls.hpp"

#include "text_fault.hpp"

#include <chrono>
#include <csignal>

namespace engine_sim {

namespace {

int status_of(grpc::StatusCode code) {
    switch (code) {
        case grpc::StatusCode::INTERNAL: return 500;
        case grpc::StatusCode::NOT_FOUND: return 404;
        case grpc::StatusCode::UNAVAILABLE: return 503;
        case grpc::StatusCode::UNIMPLEMENTED: return 501;
        default: return 400;
    }
}

void damage(const FaultAction& fault, HttpAnswer& answer) {
    answer.headers = fault.headers;
    answer.reset_after = fault.reset_after;
    answer.stall_after = fault.stall_after;
    answer.truncate = fault.truncate;
    answer.drip = fault.drip;
    answer.chunked = fault.chunked;
    answer.close = fault.close;
    if (fault.in_band_error) {
        answer.body = fault.in_band_error->data;
    }
    answer.body = without(answer.body, fault.remove);
    if (fault.garble) {
        answer.body = garbled(answer.body);
    }
    if (fault.wrong_content_type) {
        answer.content_type = "text/html";
    }
}

}  // namespace

HttpReply http_reply_of(const GrpcReply& reply) {
    return {
        .status = status_of(reply.code),
        .content_type = "application/json",
        .body = nlohmann::json{{"error", reply.message}
        }.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
    };
}

void HttpCalls::receive(
    const std::shared_ptr<HttpExchange>& exchange, CallFacts facts, Serve serve
) {
    if (engine_.is_down()) {
        exchange->reset();
        return;
    }
    const auto visit = std::make_shared<Visit>();
    visit->exchange = exchange;
    visit->facts = std::move(facts);
    visit->id = engine_.receive(visit->facts, [exchange] { exchange->reset(); });
    exchange->on_closed = [this, id = visit->id] { engine_.abort(id, "client closed"); };
    visit->fault = engine_.next_fault(visit->facts);
    const auto delay = visit->fault ? visit->fault->delay : std::chrono::milliseconds(0);
    engine_.delay(visit->id, delay, [this, visit, serve = std::move(serve)] {
        go_on(visit, serve);
    });
}

void HttpCalls::go_on(const std::shared_ptr<Visit>& visit, const Serve& serve) {
    if (visit->fault && visit->fault->replaces_the_answer()) {
        replace_answer(*visit, *visit->fault);
    } else {
        serve(visit);
    }
}

void HttpCalls::replace_answer(const Visit& visit, const FaultAction& fault) {
    if (fault.http) {
        send(visit, *fault.http);
    } else if (fault.grpc) {
        send(visit, http_reply_of(*fault.grpc));
    } else if (fault.not_ready) {
        send(visit, not_ready_);
    } else if (fault.down_for) {
        engine_.crash(*fault.down_for);
    } else if (fault.die) {
        std::raise(SIGKILL);
    } else {
        send(visit, {});
    }
}

void HttpCalls::send(const Visit& visit, HttpReply reply, const nlohmann::ordered_json& details) {
    HttpAnswer answer{
        .status = reply.status, .content_type = reply.content_type, .body = std::move(reply.body)
    };
    nlohmann::ordered_json outcome = {{"status", answer.status}};
    if (visit.fault) {
        damage(*visit.fault, answer);
        outcome["fault"] = visit.fault->name;
    }
    outcome.update(details);
    // A stalled call ends only when the client gives up.
    if (!answer.stall_after) {
        engine_.finish(visit.id, outcome);
    }
    visit.exchange->respond(std::move(answer));
}

}  // namespace engine_sim
