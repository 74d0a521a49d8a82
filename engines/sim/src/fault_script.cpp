#include "fault_script.hpp"

#include "canned_answers.hpp"
#include "grpc_code.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
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

/// Of one object with both numbers, so that neither is there alone.
Drip drip_from(const json& object) {
    Drip drip;
    apply(
        object,
        {
            {"bytes", set(drip.bytes)},
            {"pause_ms", [&](const json& value) { drip.pause = std::chrono::milliseconds(value); }},
        }
    );
    return drip;
}

/// An error by name, as an object, or by its message alone.
InBandError in_band_error_from(const json& value) {
    if (value.is_object()) {
        return {.data = json{{"error", value}}.dump(), .message = value.value("message", "")};
    }
    const std::string text = value;
    if (const auto answer = find_canned_answer(text)) {
        const std::string& body = answer->body;
        if (answer->status == 0) {
            return {.data = json{{"error", body}}.dump(), .message = body};
        }
        return {.data = body, .message = body};
    }
    const json error = {
        {"message", text}, {"type", "InternalServerError"}, {"param", nullptr}, {"code", 500}
    };
    return {.data = json{{"error", error}}.dump(), .message = text};
}

std::vector<std::string> pointers_from(const json& value) {
    const auto pointers =
        value.is_string() ? std::vector<std::string>{value} : value.get<std::vector<std::string>>();
    for (const std::string& pointer : pointers) {
        json::json_pointer{pointer};  // throws if it is none
    }
    return pointers;
}

void set_answer(FaultAction& action, const std::string& name) {
    const auto answer = find_canned_answer(name);
    if (!answer) {
        throw std::invalid_argument("has the unknown answer '" + name + "'");
    }
    if (answer->status != 0) {
        action.http = HttpReply{answer->status, answer->content_type, answer->body};
    } else {
        action.grpc = GrpcReply{answer->code, answer->body};
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
            {"down_for_ms",
             [&](const json& value) { action.down_for = std::chrono::milliseconds(value); }},
            {"close", set(action.close)},
            {"after_events", set(action.after_events)},
            {"in_band_error",
             [&](const json& value) { action.in_band_error = in_band_error_from(value); }},
            {"no_done", set(action.no_done)},
            {"garble_event", set(action.garble_event)},
            {"tokens", set(action.tokens)},
            {"finish_reason",
             [&](const json& value) {
                 action.finish_reason = value.is_null() ? "" : value.get<std::string>();
             }},
            {"choice", set(action.choice)},
            {"remove", [&](const json& value) { action.remove = pointers_from(value); }},
            {"drip", [&](const json& value) { action.drip = drip_from(value); }},
            {"chunked", set(action.chunked)},
            {"reset", set_to_zero(action.reset_after)},
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
    const bool ends_the_call = die || down_for || close || reset_after == 0 || stall_after == 0;
    return http || grpc || not_ready || (ends_the_call && !after_events);
}

std::optional<std::size_t> FaultAction::breaks_stream_after() const {
    if (after_events || truncate || in_band_error) {
        return after_events.value_or(0);
    }
    return std::nullopt;
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
                         {"text_contains", set(rule.text_contains)},
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

bool FaultScript::reads_text() const {
    return std::ranges::any_of(rules_, [](const Rule& rule) {
        return rule.text_contains.has_value();
    });
}

bool FaultScript::Rule::matches(const CallFacts& call) const {
    return matches_pattern(path, call.path) && matches_pattern(model, call.model) &&
           matches_pattern(request_id, call.request_id) &&
           (!batch_over || call.batch > *batch_over) &&
           (!text_contains || call.text.find(*text_contains) != std::string::npos);
}

bool FaultScript::Rule::fires() {
    if ((!nth.empty() && !nth.contains(matched)) || (times && fired >= *times)) {
        return false;
    }
    ++fired;
    return true;
}

}  // namespace engine_sim
