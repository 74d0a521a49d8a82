/// @file adapters/kserve/infer_parameters.hpp
/// @brief Parameters of requests, answers and tensors as JSON.
#pragma once

#include "kserve_v2.pb.h"

#include <nlohmann/json.hpp>

#include <string>

namespace inference {

/// Adds the member "parameters" where there are any.
void add_parameters(
    nlohmann::json& target,
    const google::protobuf::Map<std::string, kserve::InferParameter>& parameters
);

}  // namespace inference
