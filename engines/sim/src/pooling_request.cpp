#include "pooling_request.hpp"

#include "request_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace engine_sim {

namespace {

using nlohmann::json;

/// One text or a list, which may be empty here.
std::vector<Words> read_texts(const json& value, const std::string& location) {
    if (value.is_array() && value.empty()) {
        return {};
    }
    return read_prompts(value, location);
}

void pair_up(std::vector<Words> one, std::vector<Words> other, TextCall& call) {
    const auto refuse_lengths = [](const char* message) {
        refuse(400, "BadRequestError", message);
    };
    if (one.size() > 1 && one.size() != other.size()) {
        refuse_lengths("Input lengths must be either 1:1, 1:N or N:N");
    }
    if (one.empty()) {
        refuse_lengths("At least one text element must be given");
    }
    if (other.empty()) {
        refuse_lengths("At least one text_pair element must be given");
    }
    if (one.size() == 1) {
        one.resize(other.size(), one.front());
    }
    for (std::size_t i = 0; i < other.size(); ++i) {
        call.prompt_tokens.push_back(one[i].size() + other[i].size());
    }
    call.prompts = std::move(other);
    call.partners = std::move(one);
}

}  // namespace

void read_score(const json& body, TextCall& call) {
    // Other names for the same two; the last pair is the one whose absence is told.
    using Names = std::pair<const char*, const char*>;
    constexpr std::array kNames = {
        Names{"queries", "documents"},
        Names{"queries", "items"},
        Names{"data_1", "data_2"},
        Names{"text_1", "text_2"},
    };
    const auto* const found = std::ranges::find_if(kNames, [&](const Names& names) {
        return body.contains(names.first) && body.contains(names.second);
    });
    const auto [one, other] = found == kNames.end() ? kNames.back() : *found;
    pair_up(
        read_texts(required(body, one), std::string("body.") + one),
        read_texts(required(body, other), std::string("body.") + other),
        call
    );
}

void read_rerank(const json& body, TextCall& call) {
    const json& query = required(body, "query");
    if (!query.is_string()) {
        refuse_field("string_type", "body.query", "Input should be a valid string", echoed(query));
    }
    const json& documents = required(body, "documents");
    pair_up({read_prompt(query, "body.query")}, read_texts(documents, "body.documents"), call);
    for (const json& document : documents.is_array() ? documents : json::array({documents})) {
        call.documents.push_back(document.is_string() ? document.get<std::string>() : "");
    }
    const json top_n = body.value("top_n", json(0));
    if (!top_n.is_number_integer()) {
        refuse_field("int_type", "body.top_n", "Input should be a valid integer", echoed(top_n));
    }
    call.top_n = static_cast<std::size_t>(std::max<std::int64_t>(top_n.get<std::int64_t>(), 0));
}

void read_pooling_options(const json& body, TextCall& call) {
    const json task = body.value("task", json());
    if (call.endpoint != TextEndpoint::kPooling || task.is_null()) {
        return;
    }
    if (task == "embed") {
        call.task = PoolingTask::kEmbed;
    } else if (task == "token_embed") {
        call.task = PoolingTask::kTokenEmbed;
    } else if (task == "classify") {
        call.task = PoolingTask::kClassify;
    } else {
        refuse_field(
            "literal_error",
            "body.task",
            "Input should be 'embed', 'classify', 'token_embed', 'token_classify' or 'plugin'",
            echoed(task)
        );
    }
}

}  // namespace engine_sim
