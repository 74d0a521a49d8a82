#include "stages/text_content.hpp"

#include "contracts/describe.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/json_field.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {
namespace {

using Json = nlohmann::json;
using Complaint = std::optional<std::string>;

std::string takes(const std::string& where, const Json& value, std::string_view wanted) {
    return "field '" + where + "' is " + describe(value) + "; it takes " + std::string(wanted);
}

Complaint check_text(const std::string& where, const Json& value) {
    return value.is_string() ? Complaint() : takes(where, value, "a string");
}

Complaint check_texts(const std::string& where, const Json& value) {
    if (!value.is_array() || value.empty()) {
        return takes(where, value, "a list of at least one string");
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (!value[i].is_string()) {
            return takes(where + "[" + std::to_string(i) + "]", value[i], "a string");
        }
    }
    return std::nullopt;
}

Complaint check_text_or_texts(const std::string& where, const Json& value) {
    if (value.is_array()) {
        return check_texts(where, value);
    }
    return value.is_string() ? Complaint() : takes(where, value, "a string or a list of strings");
}

Complaint check_message(const std::string& where, const Json& message) {
    if (!message.is_object()) {
        return takes(where, message, "an object with 'role' and 'content'");
    }
    const Json* role = field(message, "role");
    if (role == nullptr || !role->is_string() || role->get_ref<const std::string&>().empty()) {
        return takes(
            where + ".role",
            role == nullptr ? Json() : *role,
            "a role such as system, user or assistant"
        );
    }
    // None goes with tool calls, a list has the parts of a multi-modal message: the engine knows which it can take.
    const Json* content = field(message, "content");
    if (content != nullptr && !content->is_string() && !content->is_array()) {
        return takes(where + ".content", *content, "a string or a list of parts");
    }
    return std::nullopt;
}

Complaint check_messages(const Json& messages) {
    if (!messages.is_array() || messages.empty()) {
        return takes("input.messages", messages, "a list of at least one message");
    }
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (auto complaint =
                check_message("input.messages[" + std::to_string(i) + "]", messages[i])) {
            return complaint;
        }
    }
    return std::nullopt;
}

Complaint check_pairs(const Json& text_1, const Json& text_2) {
    const std::int64_t left = text_count(text_1);
    const std::int64_t right = text_count(text_2);
    if (left == 1 || left == right) {
        return std::nullopt;
    }
    return "field 'input.text_1' has " + std::to_string(left) + " texts and 'input.text_2' " +
           std::to_string(right) + "; give one in text_1, or as many in both";
}

}  // namespace

std::int64_t text_count(const Json& text_or_texts) {
    return text_or_texts.is_array() ? static_cast<std::int64_t>(text_or_texts.size()) : 1;
}

std::optional<std::string> check_text_content(Task task, const Json& input) {
    switch (task) {
        case Task::kChat: return check_messages(input["messages"]);
        case Task::kCompletion: return check_text_or_texts("input.prompt", input["prompt"]);
        case Task::kEmbed:
        case Task::kClassify:
        case Task::kPooling: return check_texts("input.texts", input["texts"]);
        case Task::kRerank: {
            auto complaint = check_text("input.query", input["query"]);
            return complaint ? complaint : check_texts("input.documents", input["documents"]);
        }
        case Task::kScore: {
            auto complaint = check_text_or_texts("input.text_1", input["text_1"]);
            complaint =
                complaint ? complaint : check_text_or_texts("input.text_2", input["text_2"]);
            return complaint ? complaint : check_pairs(input["text_1"], input["text_2"]);
        }
        case Task::kTensors: break;
    }
    return "field 'input' holds tensors, which have no form in the OpenAI API";
}

}  // namespace inference
