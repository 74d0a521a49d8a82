/// @file pooling_answer.hpp
/// @brief The answers of vLLM's endpoints that generate nothing: embeddings, scores, ranks, classes.
#pragma once

#include "text_call.hpp"

#include <nlohmann/json_fwd.hpp>

namespace engine_sim {

/// `answer` with what is the endpoint's own; it comes with id, time, model and usage.
nlohmann::json pooled_answer_of(const TextCall& call, nlohmann::json answer);

}  // namespace engine_sim
