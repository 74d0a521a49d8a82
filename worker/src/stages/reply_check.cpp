#include "stages/reply_check.hpp"

#include "contracts/describe.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/json_field.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/tensor.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using Json = nlohmann::json;
using Problem = std::optional<Error>;

Error wrong(ErrorClass error_class, ErrorCode code, std::string message) {
    return Error{
        .error_class = error_class, .code = code, .message = std::move(message), .sent = true
    };
}

Error breach(const std::string& what) {
    return wrong(
        ErrorClass::kFatal,
        ErrorCode::kEngine5xx,
        "the engine's answer breaks its protocol: " + what +
            ". Check that the model's 'engine' in the configuration is what answers at the endpoint"
    );
}

std::string kind_of(const Json* value) {
    return value == nullptr ? "missing" : describe(*value);
}

/// The place that an element of a list claims by its `index`, or has in the list.
std::optional<std::size_t> place_of(const Json& element, std::size_t position, std::size_t count) {
    const Json* index = field(element, "index");
    if (index == nullptr) {
        return position;
    }
    const bool fits = index->is_number_integer() && *index >= 0 && *index < count;
    return fits ? std::optional(index->get<std::size_t>()) : std::nullopt;
}

/// Whether a list has as many elements as were asked for, each an object and each with a place of its own.
Problem check_list(const Json& body, const char* name, std::int64_t answers) {
    const Json* list = field(body, name);
    if (list == nullptr || !list->is_array()) {
        return breach("'" + std::string(name) + "' is " + kind_of(list));
    }
    if (list->size() != static_cast<std::size_t>(answers)) {
        return breach(
            "'" + std::string(name) + "' has " + std::to_string(list->size()) +
            " elements, the request asks for " + std::to_string(answers)
        );
    }
    std::vector<bool> taken(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto place = place_of((*list)[i], i, list->size());
        if (!(*list)[i].is_object() || !place || taken[*place]) {
            return breach(
                "element " + std::to_string(i) + " of '" + name + "' has no place of its own"
            );
        }
        taken[*place] = true;
    }
    return std::nullopt;
}

/// The text of a choice, null where it has none, as with a tool call; nullptr where it should have one.
const Json* text_of(Task task, const Json& choice) {
    static const Json kNone;
    if (task == Task::kCompletion) {
        return field(choice, "text");
    }
    const Json* message = field(choice, "message");
    if (message == nullptr || !message->is_object()) {
        return nullptr;
    }
    const Json* content = field(*message, "content");
    return content == nullptr ? &kNone : content;
}

Problem check_choice(Task task, const Json& choice, const std::string& name) {
    const Json* text = text_of(task, choice);
    if (text == nullptr || !(text->is_string() || text->is_null())) {
        return breach(name + " has no text");
    }
    const Json* reason = field(choice, "finish_reason");
    if (reason == nullptr) {
        return wrong(
            ErrorClass::kTransient,
            ErrorCode::kEngine5xx,
            "the engine's answer is incomplete: " + name +
                " has no finish_reason. Another try may end well"
        );
    }
    if (*reason == "abort" || *reason == "error") {
        return wrong(
            ErrorClass::kTransient,
            ErrorCode::kEngine5xx,
            "the engine broke off (finish_reason '" + reason->get<std::string>() +
                "'), as it does when it shuts down. Another try may end well"
        );
    }
    return reason->is_string() ? Problem()
                               : breach("finish_reason of " + name + " is " + describe(*reason));
}

/// vLLM ignores a prompt that leaves no room for an answer and calls it "length". With max_tokens 0, it echoes a text.
bool generated_nothing(Task task, const Json& body) {
    const Json* usage = field(body, "usage");
    const Json* tokens = usage == nullptr ? nullptr : field(*usage, "completion_tokens");
    if (tokens == nullptr || *tokens != 0) {
        return false;
    }
    return std::ranges::any_of(body["choices"], [task](const Json& choice) {
        const Json* text = text_of(task, choice);
        return choice["finish_reason"] == "length" &&
               (text->is_null() || text->get_ref<const std::string&>().empty());
    });
}

Problem check_choices(const Json& body, const ReplyShape& shape) {
    if (auto problem = check_list(body, "choices", shape.answers)) {
        return problem;
    }
    const Json& choices = body["choices"];
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (auto problem = check_choice(shape.task, choices[i], "choice " + std::to_string(i))) {
            return problem;
        }
    }
    if (generated_nothing(shape.task, body)) {
        return wrong(
            ErrorClass::kFatal,
            ErrorCode::kContextLength,
            "the engine generated nothing and says 'length': the prompt leaves no room in the "
            "model's context. Shorten it"
        );
    }
    return std::nullopt;
}

/// `data` of embeddings, scores, classes and poolings: one element for each text, with the field that the task is about.
Problem check_data(
    const Json& body, const ReplyShape& shape, const char* name, bool (*is_right)(const Json&)
) {
    if (auto problem = check_list(body, "data", shape.answers)) {
        return problem;
    }
    const Json& data = body["data"];
    for (std::size_t i = 0; i < data.size(); ++i) {
        const Json* value = field(data[i], name);
        if (value == nullptr || !is_right(*value)) {
            return breach(
                "'" + std::string(name) + "' of element " + std::to_string(i) + " of 'data' is " +
                kind_of(value)
            );
        }
    }
    return std::nullopt;
}

// Base64 where the parameters asked for it.
bool is_vector(const Json& value) {
    return value.is_array() || value.is_string();
}

bool is_number(const Json& value) {
    return value.is_number();
}

bool is_list(const Json& value) {
    return value.is_array();
}

/// Results are in the order of relevance: their index is the document's.
Problem check_results(const Json& body, const ReplyShape& shape) {
    const Json* results = field(body, "results");
    if (results == nullptr || !results->is_array()) {
        return breach("'results' is " + kind_of(results));
    }
    if (results->size() != static_cast<std::size_t>(shape.answers)) {
        return breach(
            "'results' has " + std::to_string(results->size()) +
            " elements, the request asks for " + std::to_string(shape.answers)
        );
    }
    for (const Json& result : *results) {
        const Json* index = field(result, "index");
        const Json* score = field(result, "relevance_score");
        if (index == nullptr || !index->is_number_integer() || *index < 0 || score == nullptr ||
            !score->is_number()) {
            return breach("a result has no 'index' or no 'relevance_score'");
        }
    }
    return std::nullopt;
}

Problem check_tensor(const Json& tensor) {
    const Json* name = field(tensor, "name");
    const Json* type = field(tensor, "datatype");
    const Json* dimensions = field(tensor, "shape");
    const Json* data = field(tensor, "data");
    if (name == nullptr || !name->is_string() || type == nullptr || !type->is_string()) {
        return breach("an output has no 'name' or no 'datatype'");
    }
    const std::string who = "output " + shown(name->get_ref<const std::string&>());
    if (!data_type_from(type->get_ref<const std::string&>())) {
        return breach(
            who + " has the unknown datatype " + shown(type->get_ref<const std::string&>())
        );
    }
    const auto is_size = [](const Json& dimension) { return dimension.is_number_integer(); };
    if (dimensions == nullptr || !dimensions->is_array() ||
        !std::ranges::all_of(*dimensions, is_size)) {
        return breach(who + " has no 'shape'");
    }
    const auto count = element_count(dimensions->get<std::vector<std::int64_t>>());
    if (data == nullptr || !data->is_array() || !count || data->size() != *count) {
        return breach(
            who + " has " + (count ? std::to_string(*count) : "an impossible number of") +
            " elements by its shape, its data " +
            (data != nullptr && data->is_array() ? std::to_string(data->size()) : "none")
        );
    }
    return std::nullopt;
}

Problem check_outputs(const Json& body) {
    const Json* outputs = field(body, "outputs");
    // A decoupled model may answer nothing.
    if (outputs == nullptr || !outputs->is_array()) {
        return breach("'outputs' is " + kind_of(outputs));
    }
    for (const Json& tensor : *outputs) {
        if (auto problem = check_tensor(tensor)) {
            return problem;
        }
    }
    return std::nullopt;
}

Problem check_body(const Json& body, const ReplyShape& shape) {
    switch (shape.task) {
        case Task::kChat:
        case Task::kCompletion: return check_choices(body, shape);
        case Task::kEmbed: return check_data(body, shape, "embedding", is_vector);
        case Task::kScore: return check_data(body, shape, "score", is_number);
        case Task::kClassify: return check_data(body, shape, "probs", is_list);
        case Task::kPooling: return check_data(body, shape, "data", is_vector);
        case Task::kRerank: return check_results(body, shape);
        case Task::kTensors: return check_outputs(body);
    }
    return std::nullopt;
}

}  // namespace

std::optional<Error> check_reply(const EngineReply& reply, const ReplyShape& shape) {
    Problem problem = check_body(reply.body, shape);
    if (problem) {
        problem->endpoint = reply.endpoint;
    }
    return problem;
}

}  // namespace inference
