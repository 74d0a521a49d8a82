/// @file adapters/kserve/json_description.hpp
/// @brief What a served model takes and gives, as the server describes it over HTTP.
#pragma once

#include "adapters/kserve/model_description.hpp"

#include <nlohmann/json.hpp>

namespace inference {

/// As describe() of the messages. What is not of the form that the protocol promises counts as not said.
///
/// Range: `config` is null where the server has none; KServe v2 itself does not know it.
ModelDescription describe(const nlohmann::json& metadata, const nlohmann::json* config);

}  // namespace inference
