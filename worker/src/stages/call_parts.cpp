#include "stages/call_parts.hpp"

#include "contracts/describe.hpp"
#include "contracts/json_field.hpp"
#include "contracts/tensor_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace inference {
namespace {

using Json = nlohmann::json;

/// The fields of the body that hold a value for each item.
std::vector<const char*> item_fields(Task task) {
    switch (task) {
        case Task::kCompletion: return {"prompt"};
        case Task::kEmbed:
        case Task::kPooling:
        case Task::kClassify: return {"input"};
        case Task::kRerank: return {"documents"};
        case Task::kScore: return {"text_1", "text_2"};
        case Task::kChat:
        case Task::kTensors: break;
    }
    return {};
}

/// The common size of the first dimension; 1 where there is none.
std::int64_t rows_of(const Json& body) {
    const Json* inputs = field(body, "inputs");
    if (inputs == nullptr || !inputs->is_array()) {
        return 1;
    }
    std::optional<std::int64_t> rows;
    for (const Json& tensor : *inputs) {
        const Json* shape = field(tensor, "shape");
        if (shape == nullptr || shape->empty() || !shape->front().is_number_integer()) {
            return 1;
        }
        const auto first = shape->front().get<std::int64_t>();
        if (rows.value_or(first) != first) {
            return 1;
        }
        rows = first;
    }
    return std::max<std::int64_t>(rows.value_or(1), 1);
}

Json slice(const Json& list, std::int64_t first, std::int64_t count) {
    const auto begin = list.begin() + static_cast<std::ptrdiff_t>(first);
    return Json::array_t(begin, begin + static_cast<std::ptrdiff_t>(count));
}

void cut_tensors(Json& body, std::int64_t rows, ItemRange items) {
    for (Json& tensor : body["inputs"]) {
        const auto row = static_cast<std::int64_t>(tensor["data"].size()) / rows;
        tensor["data"] = slice(tensor["data"], items.first * row, items.count * row);
        tensor["shape"][0] = items.count;
    }
}

Error misfit(const std::string& what) {
    return {
        .error_class = ErrorClass::kFatal,
        .code = ErrorCode::kEngine5xx,
        .message = "the engine's answers to parts of the batch do not fit together: " + what +
                   ". Send fewer items at once, so that it need not be cut",
        .sent = true,
    };
}

void add_usage(Json& sum, const Json& part) {
    for (const char* key : {"prompt_tokens", "completion_tokens", "total_tokens"}) {
        const Json* tokens = field(part, key);
        if (tokens != nullptr && tokens->is_number_integer()) {
            const Json* before = field(sum, key);
            const std::int64_t start = before == nullptr ? 0 : before->get<std::int64_t>();
            sum[key] = start + tokens->get<std::int64_t>();
        }
    }
}

/// Appends a list whose elements may say their place.
void append_list(Json& whole, Json part, std::int64_t offset) {
    for (std::size_t i = 0; i < part.size(); ++i) {
        const Json* index = field(part[i], "index");
        const auto place =
            index == nullptr ? static_cast<std::int64_t>(i) : index->get<std::int64_t>();
        part[i]["index"] = offset + place;
        whole.push_back(std::move(part[i]));
    }
}

std::optional<Error> append_tensor(Json& whole, Json part) {
    const std::string who = "output " + shown(whole["name"].get<std::string>());
    if (whole["name"] != part["name"]) {
        return misfit(who + " stands elsewhere in another answer");
    }
    const std::string problem = append_rows(whole, std::move(part));
    return problem.empty() ? std::nullopt : std::optional(misfit(who + " " + problem));
}

std::optional<Error> append_tensors(Json& whole, Json part) {
    if (whole.size() != part.size()) {
        return misfit(
            "one has " + std::to_string(whole.size()) + " outputs, another " +
            std::to_string(part.size())
        );
    }
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (auto error = append_tensor(whole[i], std::move(part[i]))) {
            return error;
        }
    }
    return std::nullopt;
}

const char* results_of(Task task) {
    switch (task) {
        case Task::kChat:
        case Task::kCompletion: return "choices";
        case Task::kRerank: return "results";
        case Task::kTensors: return "outputs";
        default: return "data";
    }
}

void rank(Json::array_t& results, std::int64_t wanted) {
    std::ranges::sort(results, {}, [](const Json& result) {
        return std::pair(
            -result["relevance_score"].get<double>(), result["index"].get<std::int64_t>()
        );
    });
    if (std::ssize(results) > wanted) {
        results.resize(static_cast<std::size_t>(wanted));
    }
}

std::optional<Error> append(const Processed& whole, Inferred& joined, AnsweredPart answered) {
    const ReplyShape& shape = whole.shape;
    Inferred& part = answered.answer;
    const char* results = results_of(shape.task);
    Json& body = joined.reply.body;
    if (const Json* usage = field(part.reply.body, "usage")) {
        add_usage(body["usage"], *usage);
    }
    joined.reply.endpoint = std::move(part.reply.endpoint);
    joined.reply.latency += part.reply.latency;
    joined.timings.infer += part.timings.infer;
    if (shape.task == Task::kTensors) {
        return append_tensors(body[results], std::move(part.reply.body[results]));
    }
    // Several choices for each prompt; of a reranking, an index is the document's.
    const std::int64_t each =
        shape.task == Task::kCompletion ? shape.answers / item_count(whole.call) : 1;
    append_list(body[results], std::move(part.reply.body[results]), answered.items.first * each);
    return std::nullopt;
}

}  // namespace

std::int64_t item_count(const EngineCall& call) {
    if (call.task == Task::kTensors) {
        return rows_of(call.body);
    }
    std::int64_t items = 1;
    for (const char* name : item_fields(call.task)) {
        const Json* value = field(call.body, name);
        // A list of numbers is one prompt, as tokens.
        if (value != nullptr && value->is_array() && !value->empty() &&
            !value->front().is_number()) {
            items = std::max(items, std::ssize(*value));
        }
    }
    return items;
}

Processed cut(const Processed& whole, ItemRange items) {
    Processed part = whole;
    part.stream = false;  // Watchers could not tell which choice of the whole a text is of.
    const std::int64_t all = item_count(whole.call);
    if (part.call.task == Task::kTensors) {
        cut_tensors(part.call.body, all, items);
        return part;
    }
    for (const char* name : item_fields(part.call.task)) {
        Json& value = part.call.body[name];
        if (value.is_array() && std::ssize(value) == all) {
            value = slice(value, items.first, items.count);
        }
    }
    const ReplyShape& shape = whole.shape;
    part.shape.answers = shape.task == Task::kRerank ? std::min(shape.answers, items.count)
                                                     : shape.answers / all * items.count;
    return part;
}

Result<Inferred> join(const Processed& whole, std::vector<AnsweredPart> parts) {
    const std::int64_t last_attempt = parts.back().answer.attempt;
    Inferred joined = std::move(parts.front().answer);
    joined.attempt = last_attempt;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (auto error = append(whole, joined, std::move(parts[i]))) {
            return tl::unexpected(*std::move(error));
        }
    }
    if (whole.shape.task == Task::kRerank) {
        rank(joined.reply.body["results"].get_ref<Json::array_t&>(), whole.shape.answers);
    }
    joined.shape = whole.shape;
    return joined;
}

}  // namespace inference
