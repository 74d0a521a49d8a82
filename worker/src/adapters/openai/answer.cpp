#include "adapters/openai/answer.hpp"

#include "adapters/classify/error_body.hpp"

#include <string>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

std::optional<Signal> defect(Defect kind, std::string detail = {}) {
    return DefectSignal{kind, std::move(detail)};
}

bool is_json_type(std::string_view content_type) {
    const std::string_view media_type = content_type.substr(0, content_type.find(';'));
    return content_type.empty() || media_type.find("json") != std::string_view::npos;
}

const json* member(const json& object, std::string_view name) {
    const auto found = object.find(std::string(name));
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// The text of a choice, null where it has none, as with a tool call; nullptr where it should have one.
const json* text_of(const TaskApi& api, const json& choice) {
    static const json kNone;
    if (api.task != Task::kChat) {
        const json* text = member(choice, "text");
        return text != nullptr && text->is_string() ? text : nullptr;
    }
    const json* message = member(choice, "message");
    if (message == nullptr || !message->is_object()) {
        return nullptr;
    }
    const json* content = member(*message, "content");
    return content == nullptr ? &kNone : content;
}

// With max_tokens 0, an echo has a text and no token of its own.
bool generated_nothing(const json& body, const json& text) {
    const json* usage = member(body, "usage");
    const json* tokens =
        usage != nullptr && usage->is_object() ? member(*usage, "completion_tokens") : nullptr;
    return tokens != nullptr && *tokens == 0 && (text.is_null() || text == "");
}

std::optional<Signal> defect_of_choice(const TaskApi& api, const json& body, const json& choice) {
    const json* text = choice.is_object() ? text_of(api, choice) : nullptr;
    if (text == nullptr) {
        return defect(
            Defect::kIncomplete,
            api.task == Task::kChat ? "a choice's `message`" : "a choice's `text`"
        );
    }
    const json* reason = member(choice, "finish_reason");
    if (reason == nullptr || !reason->is_string()) {
        return defect(Defect::kUnfinished);
    }
    if (*reason == "abort") {
        return defect(Defect::kAborted);
    }
    if (*reason == "error") {
        return defect(Defect::kFailed);
    }
    if (*reason == "length" && generated_nothing(body, *text)) {
        return defect(Defect::kNothingGenerated);
    }
    return std::nullopt;
}

std::optional<Signal> fault_of_body(const HttpAnswer& answer, const json& body) {
    if (!is_json_type(answer.header("content-type"))) {
        return defect(Defect::kContentType);
    }
    if (body.is_discarded()) {
        return defect(Defect::kMalformed);
    }
    if (body.is_null()) {
        return defect(Defect::kNull);
    }
    if (is_error_object(body)) {
        return InBandSignal{answer.body};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Signal> find_defect(
    const TaskApi& api, std::optional<std::size_t> expected, const json& body
) {
    const json* results = body.is_object() ? member(body, api.results) : nullptr;
    if (results == nullptr || !results->is_array()) {
        return defect(Defect::kIncomplete, "`" + std::string(api.results) + "`");
    }
    if (expected && results->size() != *expected) {
        return defect(
            Defect::kWrongCount,
            std::to_string(results->size()) + " results where " + std::to_string(*expected) +
                " were asked for"
        );
    }
    if (api.generates) {
        for (const json& choice : *results) {
            if (auto found = defect_of_choice(api, body, choice)) {
                return found;
            }
        }
    }
    return std::nullopt;
}

std::variant<json, Signal> read_answer(
    const TaskApi& api,
    std::optional<std::size_t> expected,
    HttpAnswer answer,
    std::chrono::system_clock::time_point now
) {
    if (answer.status != 200) {
        const auto wait = retry_after(answer, now);
        return Signal{HttpStatusSignal{answer.status, std::move(answer.body), wait}};
    }
    json body = json::parse(answer.body, nullptr, false);
    if (auto fault = fault_of_body(answer, body)) {
        return *std::move(fault);
    }
    if (auto fault = find_defect(api, expected, body)) {
        return *std::move(fault);
    }
    return body;
}

}  // namespace inference
