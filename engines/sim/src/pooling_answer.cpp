#include "pooling_answer.hpp"

#include <nlohmann/json.hpp>

#include <absl/strings/escaping.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace engine_sim {

namespace {

using nlohmann::json;

constexpr std::size_t kClasses = 2;

/// As a list, or as the base64 of its floats.
json numbers(const std::vector<float>& values, bool base64) {
    if (!base64) {
        return values;
    }
    const auto bytes = std::as_bytes(std::span(values));
    return absl::Base64Escape({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

json embedding_of(const TextCall& call, std::size_t index) {
    const std::vector<float> vector = embed(call.prompts[index], call.dimensions);
    return {{"index", index}, {"object", "embedding"}, {"embedding", numbers(vector, call.base64)}};
}

json score_of(const TextCall& call, std::size_t index) {
    return {
        {"index", index},
        {"object", "score"},
        {"score", score(call.partners[index], call.prompts[index])},
    };
}

json class_of(const TextCall& call, std::size_t index) {
    const std::vector<double> probabilities = classify(call.prompts[index], kClasses);
    const auto best = std::ranges::max_element(probabilities) - probabilities.begin();
    return {
        {"index", index},
        {"label", "LABEL_" + std::to_string(best)},
        {"probs", probabilities},
        {"num_classes", kClasses},
    };
}

/// A vector for each token, one for the text, or the probabilities of its classes.
json pooled(const TextCall& call, const Words& words) {
    if (call.task == PoolingTask::kClassify) {
        return classify(words, kClasses);
    }
    if (call.task == PoolingTask::kEmbed) {
        return numbers(embed(words, call.dimensions), call.base64);
    }
    std::vector<float> flat;
    json rows = json::array();
    for (const std::string& word : words) {
        const std::vector<float> row = embed({word}, call.dimensions);
        rows.push_back(row);
        flat.insert(flat.end(), row.begin(), row.end());
    }
    return call.base64 ? numbers(flat, true) : rows;
}

json pooling_of(const TextCall& call, std::size_t index) {
    return {{"index", index}, {"object", "pooling"}, {"data", pooled(call, call.prompts[index])}};
}

json item_of(const TextCall& call, std::size_t index) {
    switch (call.endpoint) {
        case TextEndpoint::kScore: return score_of(call, index);
        case TextEndpoint::kClassify: return class_of(call, index);
        case TextEndpoint::kPooling: return pooling_of(call, index);
        default: return embedding_of(call, index);
    }
}

/// The best first; equals stay as they came.
json ranking_of(const TextCall& call) {
    std::vector<double> scores;
    for (std::size_t i = 0; i < call.prompts.size(); ++i) {
        scores.push_back(score(call.partners[i], call.prompts[i]));
    }
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(-scores[i], i); });
    order.resize(call.top_n == 0 ? order.size() : std::min(call.top_n, order.size()));
    json results = json::array();
    for (const std::size_t i : order) {
        results.push_back({
            {"index", i},
            {"document", {{"text", call.documents[i]}, {"multi_modal", nullptr}}},
            {"relevance_score", scores[i]},
        });
    }
    return results;
}

}  // namespace

json pooled_answer_of(const TextCall& call, json answer) {
    if (call.endpoint == TextEndpoint::kRerank) {
        answer.erase("created");
        answer["usage"].erase("completion_tokens");
        answer["usage"].erase("prompt_tokens_details");
        answer["results"] = ranking_of(call);
        return answer;
    }
    answer["object"] = "list";
    answer["data"] = json::array();
    for (std::size_t i = 0; i < call.prompts.size(); ++i) {
        answer["data"].push_back(item_of(call, i));
    }
    return answer;
}

}  // namespace engine_sim
