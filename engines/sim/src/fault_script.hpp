/// @file fault_script.hpp
/// @brief Which call goes wrong, and how: rules in JSON, the first that applies decides.
#pragma once

#include "call.hpp"

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

/// What happens to a call. `delay` comes first and goes with all others.
///
/// Some answer instead of the engine, which then never sees the call: `http`, `grpc`, `not_ready`, `die`, and
/// `reset_after` or `stall_after` of 0. The rest let the engine work and damage its answer on the way out.
struct FaultAction {
    std::string name;  ///< As the log shows it: the keys of the action.
    std::chrono::milliseconds delay{0};
    std::optional<HttpReply> http;
    std::optional<GrpcReply> grpc;
    bool not_ready = false;  ///< ServerReady and ModelReady say no.
    bool die = false;  ///< The process is gone, as by kill -9.
    std::vector<std::pair<std::string, std::string>> headers;  ///< Added to the answer.
    std::optional<std::size_t>
        reset_after;  ///< The connection is reset after so many bytes of the answer.
    std::optional<std::size_t> stall_after;  ///< Nothing more comes after so many bytes.
    bool truncate = false;  ///< The connection is closed in good order in the middle of the body.
    bool garble = false;  ///< The body is broken JSON; a tensor lacks its last byte.
    bool wrong_content_type = false;  ///< The right body says it is HTML.

    /// The engine never sees the call.
    bool replaces_the_answer() const;
};

/// Shape: a list of `{"match": {...}, "times": N, "action": {...}}`; engines/README.md has all the keys.
/// Errors: `from_json` throws std::invalid_argument that names the rule and the key.
class FaultScript {
public:
    static FaultScript from_json(const nlohmann::json& rules);

    /// The action for this call, if any; counts the call for `nth` and `times`.
    std::optional<FaultAction> next(const CallFacts& call);

private:
    struct Rule {
        std::optional<std::string> path;
        std::optional<std::string> model;
        std::optional<std::string> request_id;
        std::set<std::size_t> nth;  ///< Empty: every one.
        std::optional<std::size_t> batch_over;
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
