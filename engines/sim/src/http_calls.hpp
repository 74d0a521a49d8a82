/// @file http_calls.hpp
/// @brief What every call over HTTP goes through, whatever its dialect: the log, the fault script, the answer.
#pragma once

#include "engine.hpp"
#include "fault_script.hpp"
#include "http_exchange.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace engine_sim {

/// Threads: the I/O thread only.
class HttpCalls {
public:
    /// One call on its way through; `fault` may be empty.
    struct Visit {
        CallId id = 0;
        CallFacts facts;
        std::shared_ptr<HttpExchange> exchange;
        std::optional<FaultAction> fault;
    };
    using Serve = std::function<void(const std::shared_ptr<Visit>&)>;

    /// `not_ready` answers what a fault declares not ready.
    HttpCalls(Engine& engine, HttpReply not_ready)
        : engine_(engine), not_ready_(std::move(not_ready)) {}

    bool reads_text() const { return engine_.reads_text(); }

    /// Calls `serve`, unless a fault answers instead.
    void receive(const std::shared_ptr<HttpExchange>& exchange, CallFacts facts, Serve serve);

    /// Ends the call; the answer leaves with what the fault does to it. `details` go into the log.
    void send(
        const Visit& visit,
        HttpReply reply,
        const nlohmann::ordered_json& details = nlohmann::ordered_json::object()
    );

private:
    void go_on(const std::shared_ptr<Visit>& visit, const Serve& serve);
    void replace_answer(const Visit& visit, const FaultAction& fault);

    Engine& engine_;
    HttpReply not_ready_;
};

/// `{"error": message}` with the status that Triton has for the code.
HttpReply http_reply_of(const GrpcReply& reply);

}  // namespace engine_sim
