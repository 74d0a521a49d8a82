/// @file contracts/inferred.hpp
/// @brief What infer returns: the engine's answer, and what postprocess needs to make a response of it.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/text_filter.hpp"
#include "contracts/timings.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace inference {

struct Inferred {
    EngineReply reply;
    ReplyShape shape;
    std::vector<TextFilter> filters;
    std::string model;  ///< As requested.
    std::string served_model;  ///< The registry's name of the model that answered.
    bool fallback = false;
    std::string traceparent;  ///< Of the call, for postprocess' place in the trace. May be empty.
    std::int64_t attempt = 0;  ///< As in Processed.
    Timings timings;
    nlohmann::json metadata = nlohmann::json::object();

    bool operator==(const Inferred&) const = default;
};

void to_json(nlohmann::json& json, const Inferred& inferred);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, Inferred& inferred);

}  // namespace inference
