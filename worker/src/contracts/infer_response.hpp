/// @file contracts/infer_response.hpp
/// @brief What InferenceWorkflow answers.
#pragma once

#include "contracts/attempts.hpp"
#include "contracts/timings.hpp"
#include "contracts/token_usage.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace inference {

/// The result of InferenceWorkflow. A job that failed is a failed workflow and has none, so `status` is "completed".
///
/// Shape: `output` has `content` or `choices` (chat, completion), `outputs` (tensors), `embeddings`, `scores`, `results`
///        (rerank) or `data` (classify, pooling); stages/postprocess.hpp says what is in each.
struct InferResponse {
    std::string job_id;
    std::string status = "completed";
    std::string model;  ///< As requested.
    std::string served_model;  ///< The registry's name of the model that answered.
    bool fallback = false;
    nlohmann::json output = nlohmann::json::object();
    std::optional<std::string>
        content;  ///< Of chat and completion: the text, of several the first.
    TokenUsage usage;
    std::optional<std::string> finish_reason;  ///< Of chat and completion.
    bool truncated = false;  ///< A text ended at its token limit.
    Timings timings;
    Attempts attempts;
    nlohmann::json metadata = nlohmann::json::object();

    bool operator==(const InferResponse&) const = default;
};

void to_json(nlohmann::json& json, const InferResponse& response);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, InferResponse& response);

}  // namespace inference
