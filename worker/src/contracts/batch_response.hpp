/// @file contracts/batch_response.hpp
/// @brief What BatchWorkflow answers.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/token_usage.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace inference {

/// The result of BatchWorkflow, and in the details of one that failed or was cancelled.
///
/// Shape: either `results`, lines of the output format as JSON in the order of the input, those that failed among them; or both
///        refs, the files with the lines that succeeded and with those that failed.
struct BatchResponse {
    std::string job_id;
    JobState status = JobState::kCompleted;  ///< A final one.
    ItemCounts counts;
    TokenUsage usage;
    nlohmann::json results;  ///< An array, or null.
    std::optional<std::string> output_ref;
    std::optional<std::string> error_ref;

    bool operator==(const BatchResponse&) const = default;
};

void to_json(nlohmann::json& json, const BatchResponse& response);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, BatchResponse& response);

}  // namespace inference
