#include "stages/normalised_output.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/json_field.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/text_filter.hpp"
#include "contracts/token_usage.hpp"

#include <nlohmann/json_fwd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using Json = nlohmann::json;

/// What an engine may give beside a text and a client may want.
constexpr std::array kCompanions{
    "tool_calls", "reasoning_content", "reasoning", "refusal", "logprobs"
};

std::string take_text(Json& holder, const char* key) {
    const auto found = holder.find(key);
    return found != holder.end() && found->is_string() ? std::move(found->get_ref<std::string&>())
                                                       : std::string();
}

void move_companions(Json& from, Json& to) {
    for (const char* key : kCompanions) {
        const auto found = from.find(key);
        if (found != from.end() && !found->is_null() && !(found->is_array() && found->empty())) {
            to[key] = std::move(*found);
        }
    }
}

/// One choice in the response's form, whatever the API it came from.
Json normalise_choice(Json& choice, std::size_t index, const std::vector<TextFilter>& filters) {
    Json normalised;
    const auto message = choice.find("message");
    std::string text =
        message == choice.end() ? take_text(choice, "text") : take_text(*message, "content");
    for (const TextFilter filter : filters) {
        text = apply(filter, std::move(text));
    }
    if (message != choice.end()) {
        move_companions(*message, normalised);
    }
    move_companions(choice, normalised);
    normalised["index"] = index;
    normalised["content"] = std::move(text);
    normalised["truncated"] = choice["finish_reason"] == "length";
    normalised["finish_reason"] = std::move(choice["finish_reason"]);
    return normalised;
}

/// The elements at the places that their `index` gives them; those without one keep theirs.
Json in_order(Json list) {
    Json::array_t ordered(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Json* index = field(list[i], "index");
        const std::size_t place = index == nullptr ? i : index->get<std::size_t>();
        ordered[place] = std::move(list[i]);
    }
    return ordered;
}

NormalisedOutput normalise_choices(
    Json body, const ReplyShape& shape, const std::vector<TextFilter>& filters
) {
    Json choices = in_order(std::move(body["choices"]));
    for (std::size_t i = 0; i < choices.size(); ++i) {
        choices[i] = normalise_choice(choices[i], i, filters);
    }
    NormalisedOutput normalised;
    Json& first = choices.front();
    normalised.content = first["content"].get<std::string>();
    normalised.truncated = std::ranges::any_of(choices, [](const Json& choice) {
        return choice["truncated"].get<bool>();
    });
    normalised.finish_reason =
        normalised.truncated ? "length" : first["finish_reason"].get<std::string>();
    if (shape.is_list) {
        normalised.output["choices"] = std::move(choices);
        return normalised;
    }
    // Of a single text these stand in the response itself.
    for (const char* key : {"index", "truncated", "finish_reason"}) {
        first.erase(key);
    }
    normalised.output = std::move(first);
    return normalised;
}

/// One field of each element of `data`.
Json column(Json data, const char* name) {
    data = in_order(std::move(data));
    for (Json& element : data) {
        Json value = std::move(element[name]);
        element = std::move(value);
    }
    return data;
}

/// Only what the protocol knows of each tensor.
Json normalise_tensors(Json tensors) {
    for (Json& tensor : tensors) {
        tensor = Json{
            {"name", std::move(tensor["name"])},
            {"datatype", std::move(tensor["datatype"])},
            {"shape", std::move(tensor["shape"])},
            {"data", std::move(tensor["data"])},
        };
    }
    return tensors;
}

std::int64_t count(const Json& usage, const char* key) {
    const Json* tokens = field(usage, key);
    if (tokens == nullptr || !tokens->is_number_integer()) {
        return 0;
    }
    // Half of the range, so that a sum fits too.
    return std::clamp<std::int64_t>(
        tokens->get<std::int64_t>(), 0, std::numeric_limits<std::int64_t>::max() / 2
    );
}

}  // namespace

NormalisedOutput normalise_output(
    Json body, const ReplyShape& shape, const std::vector<TextFilter>& filters
) {
    NormalisedOutput normalised;
    switch (shape.task) {
        case Task::kChat:
        case Task::kCompletion: return normalise_choices(std::move(body), shape, filters);
        case Task::kEmbed:
            normalised.output["embeddings"] = column(std::move(body["data"]), "embedding");
            break;
        case Task::kScore:
            normalised.output["scores"] = column(std::move(body["data"]), "score");
            break;
        case Task::kClassify:
        case Task::kPooling: normalised.output["data"] = in_order(std::move(body["data"])); break;
        case Task::kRerank: normalised.output["results"] = std::move(body["results"]); break;
        case Task::kTensors:
            normalised.output["outputs"] = normalise_tensors(std::move(body["outputs"]));
            break;
    }
    return normalised;
}

TokenUsage usage_of(const Json& body) {
    const Json* usage = field(body, "usage");
    if (usage == nullptr) {
        return {};
    }
    TokenUsage counted{
        .prompt_tokens = count(*usage, "prompt_tokens"),
        .completion_tokens = count(*usage, "completion_tokens"),
        .total_tokens = count(*usage, "total_tokens"),
    };
    if (counted.total_tokens == 0) {
        counted.total_tokens = counted.prompt_tokens + counted.completion_tokens;
    }
    return counted;
}

}  // namespace inference
