/// @file adapters/kserve/infer_answer.hpp
/// @brief A KServe v2 answer from the wire as JSON, its sizes checked.
#pragma once

#include "adapters/classify/signal.hpp"
#include "kserve_v2.pb.h"

#include <nlohmann/json.hpp>

#include <string>
#include <variant>
#include <vector>

namespace inference {

/// {"model_name","model_version","id","parameters","outputs":[{"name","shape","datatype","data"}]} with `data` as a flat
/// list, or what is wrong with the answer: an output that was asked for is missing, or data that do not match its shape.
std::variant<nlohmann::json, Signal> decode_answer(
    const kserve::ModelInferResponse& answer, const std::vector<std::string>& wanted_outputs
);

/// The signal for an answer without an output that was asked for.
Signal missing_output(const std::string& name);

}  // namespace inference
