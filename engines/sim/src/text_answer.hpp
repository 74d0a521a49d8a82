/// @file text_answer.hpp
/// @brief The bodies that vLLM's OpenAI server answers with.
#pragma once

#include "text_call.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace engine_sim {

/// The body of a 200. `id` is the request's or one made up; `created` in seconds since 1970.
nlohmann::json answer_of(const TextCall& call, const std::string& id, long created);

/// "chatcmpl-ID", "cmpl-ID", "embd-ID"
std::string id_of_answer(const TextCall& call, const std::string& id);

/// The counts of tokens of all prompts and answers.
nlohmann::json usage_of(const TextCall& call);

/// "stop", "length" or what a fault put there; null for none.
nlohmann::json finish_reason_of(const Continuation& answer);

/// The body of GET /v1/models.
nlohmann::json model_list(const TextModels& models, long created);

}  // namespace engine_sim
