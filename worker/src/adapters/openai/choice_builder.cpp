#include "adapters/openai/choice_builder.hpp"

#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;
using Piece = ChoiceBuilder::Piece;

Piece worse(Piece one, Piece other) {
    return one > other ? one : other;
}

/// The last that is not null counts.
void replace(json& object, const std::string& name, json& value) {
    json& place = object[name];
    if (!value.is_null()) {
        place = std::move(value);
    }
}

/// Makes the place one for a value of this type, empty at first. A result: the value adds nothing to it, for it is null or of
/// another type.
std::optional<Piece> prepare(json& place, const json& value, json::value_t type) {
    if (value.is_null()) {
        return Piece::kNothing;
    }
    if (value.type() != type) {
        return Piece::kGarbled;
    }
    if (place.type() != type) {
        place = json(type);
    }
    return std::nullopt;
}

/// A null says as much as a text that is empty, but for the form of the whole.
Piece append_text(json& object, const std::string& name, json& value) {
    json& place = object[name];
    if (const auto nothing = prepare(place, value, json::value_t::string)) {
        return *nothing;
    }
    const auto& text = value.get_ref<const std::string&>();
    place.get_ref<std::string&>() += text;
    return text.empty() ? Piece::kNothing : Piece::kOutput;
}

Piece append_list(json& object, const std::string& name, json& value) {
    json& place = object[name];
    if (const auto nothing = prepare(place, value, json::value_t::array)) {
        return *nothing;
    }
    for (json& element : value) {
        place.push_back(std::move(element));
    }
    return Piece::kNothing;
}

/// {"content":[...]} of a chat, {"tokens":[...],"token_logprobs":[...],...} of a completion.
Piece merge_logprobs(json& object, const std::string& name, json& value) {
    json& place = object[name];
    if (const auto nothing = prepare(place, value, json::value_t::object)) {
        return *nothing;
    }
    for (auto& [key, list] : value.items()) {
        if (append_list(place, key, list) == Piece::kGarbled) {
            return Piece::kGarbled;
        }
    }
    return Piece::kNothing;
}

/// The function of a call: its name comes once, its arguments in pieces.
Piece merge_function(json& call, const std::string& name, json& value) {
    json& place = call[name];
    if (const auto nothing = prepare(place, value, json::value_t::object)) {
        return *nothing;
    }
    for (auto& [key, part] : value.items()) {
        if (key == "arguments" || key == "input") {
            if (append_text(place, key, part) == Piece::kGarbled) {
                return Piece::kGarbled;
            }
        } else if (const auto known = place.find(key); known == place.end() || *known == "") {
            replace(place, key, part);
        }
    }
    return Piece::kOutput;
}

Piece merge_call(json& call, json& piece) {
    for (auto& [key, value] : piece.items()) {
        if (key == "function" || key == "custom") {
            if (merge_function(call, key, value) == Piece::kGarbled) {
                return Piece::kGarbled;
            }
        } else if (key != "index" && (!call.contains(key) || call[key].is_null())) {
            replace(call, key, value);
        }
    }
    return Piece::kOutput;
}

/// A server that leaves the index out sends one call after the other, each beginning with its id.
std::optional<std::size_t> place_of(const json& piece, std::size_t calls) {
    const auto index = piece.find("index");
    if (index == piece.end() || index->is_null()) {
        const auto id = piece.find("id");
        const bool is_new = calls == 0 || (id != piece.end() && id->is_string());
        return is_new ? calls : calls - 1;
    }
    return index->is_number_unsigned() ? std::optional(index->get<std::size_t>()) : std::nullopt;
}

}  // namespace

ChoiceBuilder::Piece ChoiceBuilder::take(json& choice) {
    Piece result = Piece::kNothing;
    for (auto& [key, value] : choice.items()) {
        if (key == "delta") {
            result = worse(result, take_delta(value));
        } else if (key == "text") {
            result = worse(result, append_text(choice_, key, value));
        } else if (key == "logprobs") {
            result = worse(result, merge_logprobs(choice_, key, value));
        } else if (key == "token_ids") {
            result = worse(result, append_list(choice_, key, value));
        } else if (key != "index") {
            const bool is_end = key == "finish_reason" && !value.is_null();
            result = worse(result, is_end ? Piece::kOutput : Piece::kNothing);
            replace(choice_, key, value);
        }
    }
    return result;
}

ChoiceBuilder::Piece ChoiceBuilder::take_delta(json& delta) {
    if (!delta.is_object()) {
        return delta.is_null() ? Piece::kNothing : Piece::kGarbled;
    }
    Piece result = Piece::kNothing;
    for (auto& [key, value] : delta.items()) {
        if (key == "tool_calls") {
            result = worse(result, take_tool_calls(value));
        } else if (key == "function_call") {
            result = worse(result, merge_function(message_, key, value));
        } else if (key == "content" || (value.is_string() && key != "role")) {
            // Also what we do not know: reasoning has had several names.
            result = worse(result, append_text(message_, key, value));
        } else {
            replace(message_, key, value);
        }
    }
    return result;
}

ChoiceBuilder::Piece ChoiceBuilder::take_tool_calls(json& calls) {
    if (!calls.is_array()) {
        return calls.is_null() ? Piece::kNothing : Piece::kGarbled;
    }
    Piece result = Piece::kNothing;
    for (json& call : calls) {
        const auto place = call.is_object() ? place_of(call, tool_calls_.size()) : std::nullopt;
        if (!place) {
            return Piece::kGarbled;
        }
        json& known = tool_calls_.try_emplace(*place, json::object()).first->second;
        result = worse(result, merge_call(known, call));
    }
    return result;
}

json ChoiceBuilder::build(std::size_t index, bool is_chat) {
    json choice = std::move(choice_);
    choice["index"] = index;
    if (is_chat) {
        add_message(choice);
    }
    return choice;
}

void ChoiceBuilder::add_message(json& choice) {
    json& message = choice["message"] = std::move(message_);
    message.emplace("role", "assistant");
    json& content = message["content"];
    if (tool_calls_.empty()) {
        return;
    }
    if (content == "") {  // from the piece that named the role
        content = nullptr;
    }
    json& calls = message["tool_calls"] = json::array();
    for (auto& [place, call] : tool_calls_) {
        if (const auto function = call.find("function");
            function != call.end() && function->is_object()) {
            function->emplace("arguments", "");
        }
        calls.push_back(std::move(call));
    }
}

}  // namespace inference
