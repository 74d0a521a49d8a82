#include "fault_script.hpp"

#include "canned_answers.hpp"
#include "grpc_code.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>

namespace engine_sim {

namespace {

using nlohmann::json;
using Setters = std::map<std::string, std::function<void(const json&)>>;

/// Every key has a setter, so that a misspelt one is an error and not a fault that never happens.
void apply(const json& object, const Setters& setters) {
    if (!object.is_object()) {
        throw std::invalid_argument("is not an object");
    }
    for (const auto& [key, value] : object.items()) {
        const auto setter = setters.find(key);
        if (setter == setters.end()) {
            throw std::invalid_argument("has the unknown key '" + key + "'");
        }
        try {
            setter->second(value);
        } catch (const json::exception&) {
            throw std::invalid_argument("has a '" + key + "' of the wrong type");
        }
    }
}

template <class Member>
auto set(Member& member) {
    return [&member](const json& value) { member = value.get<Member>(); };
}

template <class Value>
auto set(std::optional<Value>& member) {
    return [&member](const json& value) { member = value.get<Value>(); };
}

/// `"reset_before_byte": true` is `"reset_after_bytes": 0`.
auto set_to_zero(std::optional<std::size_t>& member) {
    return [&member](const json& value) {
        if (value.get<bool>()) {
            member = 0;
        }
    };
}

void set_answer(FaultAction& action, const std::string& name) {
    const auto answer = find_canned_answer(name);
    if (!answer) {
        throw std::invalid_argument("has the unknown answer '" + name + "'");
    }
    if (answer->status != 0) {
        action.http =
            HttpReply{answer->status, std::string(answer->content_type), std::string(answer->body)};
    } else {
        action.grpc = GrpcReply{answer->code, std::string(answer->body)};
    }
}

grpc::StatusCode code_from(const std::string& name) {
    const auto code = grpc_code_from(name);
    if (!code || *code == grpc::StatusCode::OK) {
        throw std::invalid_argument("has the unknown grpc_code '" + name + "'");
    }
    return *code;
}

template <class Reply>
Reply& made(std::optional<Reply>& reply) {
    return reply ? *reply : reply.emplace();
}

void set_body(FaultAction& action, const json& value) {
    made(action.http).body = value.is_string() ? value.get<std::string>() : value.dump();
}

std::string joined_keys(const json& object) {
    std::string names;
    for (const auto& [key, value] : object.items()) {
        names += (names.empty() ? "" : "+") + key;
    }
    return names;
}

FaultAction action_from(const json& object) {
    FaultAction action;
    // Keys come in the order of the alphabet: `answer` first, of which the others can then change a part.
    apply(
        object,
        {
            {"answer", [&](const json& value) { set_answer(action, value); }},
            {"delay_ms", [&](const json& value) { action.delay = std::chrono::milliseconds(value); }
            },
            {"status", [&](const json& value) { made(action.http).status = value; }},
            {"body", [&](const json& value) { set_body(action, value); }},
            {"headers",
             [&](const json& value) {
                 for (const auto& [name, text] : value.items()) {
                     action.headers.emplace_back(name, text);
                 }
             }},
            {"grpc_code", [&](const json& value) { made(action.grpc).code = code_from(value); }},
            {"grpc_message", [&](const json& value) { made(action.grpc).message = value; }},
            {"not_ready", set(action.not_ready)},
            {"die", set(action.die)},
            {"reset_before_byte", set_to_zero(action.reset_after)},
            {"reset_after_bytes", set(action.reset_after)},
            {"stall", set_to_zero(action.stall_after)},
            {"stall_after_bytes", set(action.stall_after)},
            {"truncate", set(action.truncate)},
            {"garble", set(action.garble)},
            {"wrong_content_type", set(action.wrong_content_type)},
        }
    );
    action.name = joined_keys(object);
    return action;
}

/// A pattern that ends with `*` matches what begins like it.
bool matches_pattern(const std::optional<std::string>& pattern, std::string_view text) {
    if (!pattern) {
        return true;
    }
    if (pattern->ends_with('*')) {
        return text.starts_with(std::string_view(*pattern).substr(0, pattern->size() - 1));
    }
    return text == *pattern;
}

}  // namespace

bool FaultAction::replaces_the_answer() const {
    return http || grpc || not_ready || die || reset_after == 0 || stall_after == 0;
}

FaultScript::Rule FaultScript::rule_from(const json& object) {
    Rule rule;
    apply(
        object,
        {
            {"match",
             [&](const json& match) {
                 apply(
                     match,
                     {
                         {"path", set(rule.path)},
                         {"model", set(rule.model)},
                         {"request_id", set(rule.request_id)},
                         {"nth", set(rule.nth)},
                         {"batch_over", set(rule.batch_over)},
                     }
                 );
             }},
            {"times", set(rule.times)},
            {"action", [&](const json& action) { rule.action = action_from(action); }},
        }
    );
    if (rule.action.name.empty()) {
        throw std::invalid_argument("has no action");
    }
    return rule;
}

FaultScript FaultScript::from_json(const json& rules) {
    if (!rules.is_array()) {
        throw std::invalid_argument("a fault script is a list of rules");
    }
    FaultScript script;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        try {
            script.rules_.push_back(rule_from(rules[i]));
        } catch (const std::invalid_argument& problem) {
            throw std::invalid_argument("fault rule " + std::to_string(i) + " " + problem.what());
        }
    }
    return script;
}

std::optional<FaultAction> FaultScript::next(const CallFacts& call) {
    std::optional<FaultAction> action;
    // Every rule that matches counts the call, also those behind the one that fires.
    for (Rule& rule : rules_) {
        if (rule.matches(call)) {
            ++rule.matched;
            if (!action && rule.fires()) {
                action = rule.action;
            }
        }
    }
    return action;
}

bool FaultScript::Rule::matches(const CallFacts& call) const {
    return matches_pattern(path, call.path) && matches_pattern(model, call.model) &&
           matches_pattern(request_id, call.request_id) &&
           (!batch_over || call.batch > *batch_over);
}

bool FaultScript::Rule::fires() {
    if ((!nth.empty() && !nth.contains(matched)) || (times && fired >= *times)) {
        return false;
    }
    ++fired;
    return true;
}

}  // namespace engine_sim
