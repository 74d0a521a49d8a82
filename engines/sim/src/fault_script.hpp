/// @file fault_script.hpp
/// @brief Which call goes wrong, and how: rules in JSON, the first that applies decides.
#pragma once

#include "call.hpp"
#include "drip.hpp"

#include <grpcpp/support/status.h>
#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace engine_sim {

struct HttpReply {
    int status = 500;
    std::string content_type = "application/json";
    std::string body;
};

struct GrpcReply {
    grpc::StatusCode code = grpc::StatusCode::UNAVAILABLE;
    std::string message;
};

/// An error that comes where an answer was expected, with nothing before it that says so.
struct InBandError {
    std::string data;  ///< `{"error": ...}`, of an OpenAI server.
    std::string message;  ///< Of Triton.
};

/// What happens to a call. `delay` comes first and goes with all others.
///
/// Some answer instead of the engine, which then never sees the call: `http`, `grpc`, `not_ready`, and without
/// `after_events` also `die`, `down_for`, `close`, and `reset_after` or `stall_after` of 0. The rest let the
/// engine work and damage its answer on the way out.
///
/// An event is one of a stream: of server-sent events, or a response of a gRPC stream.
struct FaultAction {
    std::string name;  ///< As the log shows it: the keys of the action.
    std::chrono::milliseconds delay{0};
    std::optional<HttpReply> http;
    std::optional<GrpcReply> grpc;
    bool not_ready = false;  ///< ServerReady and ModelReady say no.
    bool die = false;  ///< The process is gone, as by kill -9.
    std::optional<std::chrono::milliseconds> down_for;  ///< The engine is gone and comes back.
    bool close = false;  ///< The connection is closed in good order.
    std::optional<std::size_t>
        after_events;  ///< When those, and `in_band_error` and `truncate`, strike.
    std::optional<InBandError> in_band_error;
    bool no_done = false;  ///< The stream lacks its `[DONE]`.
    std::optional<std::size_t> garble_event;  ///< This one is broken JSON; counted from 1.
    std::optional<std::size_t> tokens;  ///< The engine stops after so many, for want of room.
    std::optional<std::string> finish_reason;  ///< Said instead of the right one; empty for null.
    std::optional<std::size_t> choice;  ///< The only one with that `finish_reason` and `tokens`.
    std::vector<std::string> remove;  ///< JSON pointers to what the body lacks.
    std::optional<Drip> drip;
    bool chunked = false;  ///< Sent without a length before it.
    std::vector<std::pair<std::string, std::string>> headers;  ///< Added to the answer.
    std::optional<std::size_t>
        reset_after;  ///< The connection is reset after so many bytes of the answer.
    std::optional<std::size_t> stall_after;  ///< Nothing more comes after so many bytes.
    bool truncate = false;  ///< The connection is closed in the middle of the body, or of an event.
    bool garble = false;  ///< The body is broken JSON; a tensor lacks its last byte.
    bool wrong_content_type = false;  ///< The right body says it is HTML.

    /// The engine never sees the call.
    bool replaces_the_answer() const;

    /// After how many events a stream breaks off; nothing if it does not.
    std::optional<std::size_t> breaks_stream_after() const;
};

/// Shape: a list of `{"match": {...}, "times": N, "action": {...}}`; engines/README.md has all the keys.
/// Errors: `from_json` throws std::invalid_argument that names the rule and the key.
class FaultScript {
public:
    static FaultScript from_json(const nlohmann::json& rules);

    /// The action for this call, if any; counts the call for `nth` and `times`.
    std::optional<FaultAction> next(const CallFacts& call);

    /// Some rule looks at `CallFacts::text`.
    bool reads_text() const;

private:
    struct Rule {
        std::optional<std::string> path;
        std::optional<std::string> model;
        std::optional<std::string> request_id;
        std::set<std::size_t> nth;  ///< Empty: every one.
        std::optional<std::size_t> batch_over;
        std::optional<std::string> text_contains;
        std::optional<std::size_t> times;
        FaultAction action;

        std::size_t matched = 0;
        std::size_t fired = 0;

        bool matches(const CallFacts& call) const;
        bool fires();
    };

    static Rule rule_from(const nlohmann::json& rule);

    std::vector<Rule> rules_;
};

}  // namespace engine_sim
