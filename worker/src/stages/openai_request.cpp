#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/field_reader.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/result.hpp"
#include "registry/engine.hpp"
#include "registry/model.hpp"
#include "stages/engine_request.hpp"
#include "stages/prompt_template.hpp"
#include "stages/text_content.hpp"

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace inference {
namespace {

using Json = nlohmann::json;

constexpr int kMostChoices = 16'384;

using Complaint = std::optional<std::string>;

Complaint check_parameters(const Json& parameters) {
    for (const auto& entry : parameters.items()) {
        if (is_reserved_parameter(Dialect::kOpenAi, entry.key())) {
            return "field 'parameters." + entry.key() + "' is written by the worker itself; " +
                   (entry.key().starts_with("stream")
                        ? "set the request's own 'stream' instead"
                        : "remove it, and use the request's 'model' and 'input'");
        }
    }
    return std::nullopt;
}

Json filled(const std::string& prompt_template, Json text_or_texts) {
    const auto fill = [&](Json& text) {
        text = fill_template(prompt_template, std::move(text.get_ref<std::string&>()));
    };
    if (text_or_texts.is_array()) {
        std::ranges::for_each(text_or_texts, fill);
    } else {
        fill(text_or_texts);
    }
    return text_or_texts;
}

void move_content(Task task, const std::string& prompt_template, Json& input, Json& body) {
    switch (task) {
        case Task::kChat: body["messages"] = std::move(input["messages"]); break;
        case Task::kCompletion:
            body["prompt"] = filled(prompt_template, std::move(input["prompt"]));
            break;
        case Task::kEmbed:
        case Task::kPooling: body.emplace("encoding_format", "float"); [[fallthrough]];
        case Task::kClassify:
            body["input"] = filled(prompt_template, std::move(input["texts"]));
            break;
        case Task::kRerank:
            body["query"] = std::move(input["query"]);
            body["documents"] = std::move(input["documents"]);
            break;
        case Task::kScore:
            body["text_1"] = std::move(input["text_1"]);
            body["text_2"] = std::move(input["text_2"]);
            break;
        case Task::kTensors: break;
    }
}

Result<ReplyShape> shape_of(Task task, const Json& input, const Json& parameters) {
    FieldReader fields(parameters, "parameters");
    int n = 1;
    int top_n = 0;
    ReplyShape shape{.task = task};
    switch (task) {
        case Task::kChat:
        case Task::kCompletion:
            fields.read("n", n);
            shape.answers = task == Task::kChat ? n : n * text_count(input["prompt"]);
            shape.is_list = n > 1 || (task == Task::kCompletion && input["prompt"].is_array());
            break;
        case Task::kRerank:
            fields.read("top_n", top_n);
            shape.answers = text_count(input["documents"]);
            shape.answers =
                top_n > 0 ? std::min<std::int64_t>(top_n, shape.answers) : shape.answers;
            break;
        case Task::kScore: shape.answers = text_count(input["text_2"]); break;
        default: shape.answers = text_count(input["texts"]); break;
    }
    if (fields.ok() && (n < 1 || n > kMostChoices)) {
        fields.complain(
            "n",
            "is out of range; it takes a whole number from 1 to " + std::to_string(kMostChoices)
        );
    }
    shape.is_list = shape.is_list || (task != Task::kChat && task != Task::kCompletion);
    return fields.ok() ? Result<ReplyShape>(shape)
                       : tl::unexpected(fatal(ErrorCode::kValidation, fields.problem()));
}

}  // namespace

Result<EngineRequest> openai_request(
    const Model& model, Task task, Json input, const Json& parameters
) {
    Complaint complaint = check_parameters(parameters);
    complaint = complaint ? complaint : check_text_content(task, input);
    if (complaint) {
        return tl::unexpected(fatal(ErrorCode::kValidation, *complaint));
    }
    EngineRequest request;
    request.body = model.defaults;
    request.body.update(parameters);
    const Result<ReplyShape> shape = shape_of(task, input, request.body);
    if (!shape) {
        return tl::unexpected(shape.error());
    }
    request.shape = *shape;
    request.body["model"] = model.engine_model;
    move_content(task, model.prompt_template.prompt, input, request.body);
    return request;
}

}  // namespace inference
