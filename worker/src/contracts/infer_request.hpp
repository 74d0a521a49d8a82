/// @file contracts/infer_request.hpp
/// @brief What a client asks InferenceWorkflow for.
#pragma once

#include "contracts/priority.hpp"
#include "contracts/result.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace inference {

/// The argument of InferenceWorkflow. `model` and `input` are required, the rest has the defaults below.
///
/// Shape: `input` is an object that holds exactly one of `messages`, `prompt`, `texts` (with `task`), `query` and
///        `documents`, `text_1` and `text_2`, `inputs`, `ref`; preprocess looks into it, nobody before.
struct InferRequest {
    std::string model;  ///< The registry's name.
    nlohmann::json input = nlohmann::json::object();
    nlohmann::json parameters = nlohmann::json::object();  ///< Go to the engine as they are.
    std::optional<Priority> priority;  ///< Absent: that of the queue the job runs on.
    bool stream = false;  ///< Publish tokens for watchers; the response is the same.
    std::optional<std::string> job_id;  ///< The workflow's id wins over it.
    std::optional<std::string> client_id;  ///< A label, never a right.
    std::optional<std::string> pipeline_id;
    std::optional<std::string> traceparent;  ///< W3C trace context.
    std::chrono::milliseconds deadline{0
    };  ///< Wire: deadline_ms. From the workflow's start; 0 is none.
    bool allow_fallback = true;
    nlohmann::json metadata = nlohmann::json::object();  ///< Comes back in the response untouched.

    bool operator==(const InferRequest&) const = default;
};

/// Reads a request of any origin.
///
/// Unknown fields are ignored, absent and null ones take their defaults. The JSON is taken by value, so that whoever is done
/// with it can move it in and nothing large is copied.
///
/// Errors: Fatal VALIDATION that names the field, the kind of value it has and what it takes. Never throws.
Result<InferRequest> parse_infer_request(nlohmann::json json);

void to_json(nlohmann::json& json, const InferRequest& request);
/// Errors: throws std::invalid_argument with the message of parse_infer_request.
void from_json(const nlohmann::json& json, InferRequest& request);

}  // namespace inference
