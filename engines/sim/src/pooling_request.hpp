/// @file pooling_request.hpp
/// @brief Requests to compare, rank and classify texts.
#pragma once

#include "text_call.hpp"

#include <nlohmann/json_fwd.hpp>

namespace engine_sim {

/// Fill prompts and partners, and the fields of their endpoint. Errors: throw Refused.
void read_score(const nlohmann::json& body, TextCall& call);
void read_rerank(const nlohmann::json& body, TextCall& call);

/// The `task` of /pooling; nothing for the others.
void read_pooling_options(const nlohmann::json& body, TextCall& call);

}  // namespace engine_sim
