/// @file contracts/processed.hpp
/// @brief What preprocess returns: the call to make, and what the later stages need to know of the request.
#pragma once

#include "contracts/call_limits.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/job_attribute.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/text_filter.hpp"
#include "contracts/timings.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace inference {

struct Processed {
    EngineCall call;
    CallLimits limits;
    ReplyShape shape;
    std::vector<TextFilter> filters;  ///< Of the model's template, for postprocess.
    bool stream = false;  ///< Publish tokens for watchers.
    std::int64_t attempt = 0;  ///< The try of infer that this is for, from 1; set by the workflow.
    std::string fallback;  ///< The model to use if this one gives no answer; empty: none.
    bool local_postprocess = false;  ///< Postprocess runs within the workflow task.
    std::vector<JobAttribute> search_attributes;  ///< Those that the workflow is to set.
    Timings timings;
    nlohmann::json metadata = nlohmann::json::object();

    bool operator==(const Processed&) const = default;
};

void to_json(nlohmann::json& json, const Processed& processed);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, Processed& processed);

}  // namespace inference
