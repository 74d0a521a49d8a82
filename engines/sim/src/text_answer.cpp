#include "text_answer.hpp"

#include "pooling_answer.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <utility>

namespace engine_sim {

namespace {

using nlohmann::json;

json choice_of(const TextCall& call, std::size_t index) {
    const Continuation& answer = call.answers[index];
    json choice = {
        {"index", index},
        {"logprobs", nullptr},
        {"finish_reason", finish_reason_of(answer)},
        {"stop_reason", nullptr},
        {"token_ids", nullptr},
    };
    if (call.endpoint == TextEndpoint::kChat) {
        choice["message"] = {
            {"role", "assistant"},
            {"content", answer.text},
            {"refusal", nullptr},
            {"annotations", nullptr},
            {"audio", nullptr},
            {"function_call", nullptr},
            {"reasoning", nullptr},
        };
    } else {
        choice["text"] = answer.text;
        choice["prompt_logprobs"] = nullptr;
    }
    return choice;
}

}  // namespace

std::string id_of_answer(const TextCall& call, const std::string& id) {
    switch (call.endpoint) {
        case TextEndpoint::kChat: return "chatcmpl-" + id;
        case TextEndpoint::kCompletion: return "cmpl-" + id;
        case TextEndpoint::kScore:
        case TextEndpoint::kRerank: return "score-" + id;
        case TextEndpoint::kClassify: return "classify-" + id;
        case TextEndpoint::kPooling: return "pooling-" + id;
        case TextEndpoint::kEmbedding: break;
    }
    return "embd-" + id;
}

json usage_of(const TextCall& call) {
    const std::size_t prompt = call.total_prompt_tokens();
    const std::size_t completion = call.total_completion_tokens();
    return {
        {"prompt_tokens", prompt},
        {"total_tokens", prompt + completion},
        {"completion_tokens", completion},
        {"prompt_tokens_details", nullptr},
    };
}

json finish_reason_of(const Continuation& answer) {
    if (!answer.finish_reason) {
        return answer.cut ? "length" : "stop";
    }
    return answer.finish_reason->empty() ? json(nullptr) : json(*answer.finish_reason);
}

json answer_of(const TextCall& call, const std::string& id, long created) {
    json answer = {
        {"id", id_of_answer(call, id)},
        {"created", created},
        {"model", call.model},
        {"usage", usage_of(call)},
    };
    const bool is_chat = call.endpoint == TextEndpoint::kChat;
    if (!is_chat && call.endpoint != TextEndpoint::kCompletion) {
        return pooled_answer_of(call, std::move(answer));
    }
    answer["object"] = is_chat ? "chat.completion" : "text_completion";
    answer["service_tier"] = nullptr;
    answer["system_fingerprint"] = nullptr;
    answer["kv_transfer_params"] = nullptr;
    answer["choices"] = json::array();
    for (std::size_t i = 0; i < call.answers.size(); ++i) {
        answer["choices"].push_back(choice_of(call, i));
    }
    return answer;
}

json model_list(const TextModels& models, long created) {
    json list = {{"object", "list"}, {"data", json::array()}};
    for (const std::string& name : models.names) {
        list["data"].push_back({
            {"id", name},
            {"object", "model"},
            {"created", created},
            {"owned_by", "engine-sim"},
            {"root", name},
            {"parent", nullptr},
            {"max_model_len", models.max_model_len},
            {"permission", json::array()},
        });
    }
    return list;
}

}  // namespace engine_sim
