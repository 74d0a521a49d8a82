/// @file stages/normalised_output.hpp
/// @brief The parts of a response that come from the engine's answer.
#pragma once

#include "contracts/reply_shape.hpp"
#include "contracts/text_filter.hpp"
#include "contracts/token_usage.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace inference {

struct NormalisedOutput {
    nlohmann::json output = nlohmann::json::object();
    std::optional<std::string> content;
    std::optional<std::string> finish_reason;
    bool truncated = false;
};

/// The answer in the response's form, which stages/postprocess.hpp describes.
///
/// Range: an answer in which check_reply() finds nothing wrong.
NormalisedOutput normalise_output(
    nlohmann::json body, const ReplyShape& shape, const std::vector<TextFilter>& filters
);

/// What the engine counted; 0 where it counted nothing, and the sum where it left out the total.
TokenUsage usage_of(const nlohmann::json& body);

}  // namespace inference
