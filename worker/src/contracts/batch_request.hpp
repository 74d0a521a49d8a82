/// @file contracts/batch_request.hpp
/// @brief What a client asks BatchWorkflow for.
#pragma once

#include "contracts/priority.hpp"
#include "contracts/result.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// What a failed item means for the batch.
enum class FailurePolicy {
    kContinue,  ///< Nothing: it is counted, and the others go on.
    kFailFast,  ///< The batch fails, and what has not been sent is not sent.
};

/// Wire names: "continue", "fail_fast".
std::string_view to_string(FailurePolicy policy) noexcept;
std::optional<FailurePolicy> failure_policy_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string failure_policy_names();

/// The argument of BatchWorkflow: exactly one of `items` and `items_ref`, the rest has the defaults below.
///
/// Shape: an item is {custom_id, input, parameters?, model?} or a line of an OpenAI batch file; the step preprocess_batch looks
///        into it, nobody before.
struct BatchRequest {
    std::optional<std::string> model;  ///< Of the items that name none.
    nlohmann::json items;  ///< An array, or null where `items_ref` is given.
    std::optional<std::string> items_ref;  ///< A file of lines: "file:///..."
    nlohmann::json parameters = nlohmann::json::object();  ///< Of all items; an item's own win.
    std::int64_t chunk_size = 256;  ///< Items of one activity. Range: 1 to 10,000.
    std::int64_t max_parallel_chunks = 4;  ///< Range: 1 to 100.
    FailurePolicy failure_policy = FailurePolicy::kContinue;
    /// More failed items than this part of all end the batch. Range: 0 to 1. Absent: none does.
    std::optional<double> max_failed_ratio;
    bool skip_invalid = false;  ///< Lines that are no items fail alone, and not the batch.
    std::optional<std::string> output_ref;
    std::optional<std::string> error_ref;
    std::optional<Priority> priority;  ///< Absent: that of the queue the job runs on.
    std::optional<std::string> job_id;  ///< The workflow's id wins over it.
    std::optional<std::string> client_id;  ///< A label, never a right.

    bool operator==(const BatchRequest&) const = default;
};

/// Reads a request of any origin.
///
/// Unknown fields are ignored, absent and null ones take their defaults.
///
/// Errors: Fatal VALIDATION that names the field, the kind of value it has and what it takes. Never throws.
Result<BatchRequest> parse_batch_request(nlohmann::json json);

void to_json(nlohmann::json& json, const BatchRequest& request);
/// Errors: throws std::invalid_argument with the message of parse_batch_request.
void from_json(const nlohmann::json& json, BatchRequest& request);

}  // namespace inference
