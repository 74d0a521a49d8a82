#include "request_fields.hpp"

#include <algorithm>
#include <utility>

namespace engine_sim {

namespace {

using nlohmann::json;

/// vLLM shows at most so much of an offending value.
constexpr std::size_t kEchoedCharacters = 200;

}  // namespace

HttpReply error_reply(
    int status, std::string_view type, const std::string& message, std::string_view param
) {
    const json error = {
        {"message", message},
        {"type", type},
        {"param", param.empty() ? json(nullptr) : json(param)},
        {"code", status},
    };
    return {
        .status = status,
        .content_type = "application/json",
        .body = json{{"error", error}}.dump(-1, ' ', false, json::error_handler_t::replace),
    };
}

[[noreturn]] void refuse(
    int status, std::string_view type, const std::string& message, std::string_view param
) {
    throw Refused{error_reply(status, type, message, param)};
}

std::string echoed(const json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        const bool cut = text.size() > kEchoedCharacters;
        return "'" + text.substr(0, kEchoedCharacters) + (cut ? "...[truncated]" : "") + "'";
    }
    if (value.is_structured()) {
        const char* const kind = value.is_object() ? "dict" : "list";
        return "'<" + std::string(kind) + " of " + std::to_string(value.size()) + " items>'";
    }
    return value.is_null() ? "None" : value.dump();
}

[[noreturn]] void refuse_field(
    std::string_view type,
    const std::string& location,
    std::string_view message,
    const std::string& input
) {
    refuse(
        400,
        "Bad Request",
        "1 validation error:\n  {'type': '" + std::string(type) + "', 'loc': '" + location +
            "', 'msg': '" + std::string(message) + "', 'input': " + input + "}",
        location
    );
}

const json& required(const json& body, const char* name) {
    const auto field = body.find(name);
    if (field == body.end()) {
        refuse_field("missing", std::string("body.") + name, "Field required", echoed(body));
    }
    return *field;
}

std::optional<std::size_t> read_count(const json& body, const char* name, std::int64_t most) {
    const auto field = body.find(name);
    if (field == body.end() || field->is_null()) {
        return std::nullopt;
    }
    if (field->is_string()) {
        refuse_field(
            "int_parsing",
            std::string("body.") + name,
            "Input should be a valid integer, unable to parse string as an integer",
            echoed(*field)
        );
    }
    if (!field->is_number_integer()) {
        refuse_field(
            "int_type",
            std::string("body.") + name,
            "Input should be a valid integer",
            echoed(*field)
        );
    }
    const auto count = field->get<std::int64_t>();
    if (count < 0 || count > most) {
        refuse(
            400,
            "BadRequestError",
            std::string(name) + " must be from 0 to " + std::to_string(most) + ", got " +
                field->dump() + ".",
            name
        );
    }
    return static_cast<std::size_t>(count);
}

bool read_flag(const json& body, const char* name) {
    const auto field = body.find(name);
    return field != body.end() && field->is_boolean() && field->get<bool>();
}

bool is_token_list(const json& value) {
    return value.is_array() && !value.empty() &&
           std::ranges::all_of(value, [](const json& item) { return item.is_number_integer(); });
}

Words read_prompt(const json& value, const std::string& location) {
    if (value.is_string()) {
        return split_words(value.get_ref<const std::string&>());
    }
    if (!is_token_list(value)) {
        refuse_field("string_type", location, "Input should be a valid string", echoed(value));
    }
    Words words;
    for (const json& token : value) {
        words.push_back(token.dump());
    }
    return words;
}

std::vector<Words> read_prompts(const json& value, const std::string& location) {
    if (!value.is_array() || is_token_list(value)) {
        return {read_prompt(value, location)};
    }
    std::vector<Words> prompts;
    for (std::size_t i = 0; i < value.size(); ++i) {
        prompts.push_back(read_prompt(value[i], location + "." + std::to_string(i)));
    }
    if (prompts.empty()) {
        refuse(400, "BadRequestError", "please provide at least one prompt");
    }
    return prompts;
}

}  // namespace engine_sim
