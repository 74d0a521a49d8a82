/// @file adapters/kserve/infer_request.hpp
/// @brief A KServe v2 request as JSON, checked against the model, in the form that goes over the wire.
#pragma once

#include "adapters/kserve/model_description.hpp"
#include "contracts/result.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace inference {

/// Shape:  `body` is {"inputs":[{"name","shape","datatype","data","parameters"?}],"parameters"?,"outputs"?:[{"name"}]}.
/// Errors: Fatal VALIDATION, which names the tensor, what the model expects, what was given and what to send; a batch
///         above the model's limit is OOM ENGINE_OOM, as it is when the server refuses it: smaller batches will pass.
///         None is `sent`.
Result<kserve::ModelInferRequest> encode_request(
    const nlohmann::json& body, const ModelDescription& model, std::string_view model_name
);

/// The error for a task that is not about tensors.
Error tensors_only(std::string_view model_name);

}  // namespace inference
