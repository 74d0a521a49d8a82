/// @file stages/engine_request.hpp
/// @brief A request in the engine's own form, and what the answer to it must look like.
#pragma once

#include "contracts/reply_shape.hpp"
#include "contracts/result.hpp"
#include "registry/model.hpp"

#include <nlohmann/json.hpp>

namespace inference {

struct EngineRequest {
    nlohmann::json body;
    ReplyShape shape;
};

/// The body for an engine that speaks the OpenAI API, or vLLM's additions to it.
///
/// The parameters are merged key by key: the request's win over the model's `defaults`. Embeddings and poolings are asked for
/// as numbers unless the parameters say otherwise, since the output is JSON anyway. The template goes around each prompt
/// and each of `texts`.
///
/// Errors: Fatal VALIDATION that names the field, and never quotes it.
Result<EngineRequest> openai_request(
    const Model& model, Task task, nlohmann::json input, const nlohmann::json& parameters
);

/// The body for an engine that speaks KServe v2: {"inputs":[{"name","shape","datatype","data"}],"outputs"?,"parameters"?}.
///
/// `data` may be nested like the shape; it leaves flat, in row-major order. `outputs`, a list of {"name"}, may stand beside
/// `inputs` to have only these computed. The parameters are merged as above.
///
/// Errors: Fatal VALIDATION that names the tensor, what was expected and what was given.
Result<EngineRequest> kserve_request(
    const Model& model, nlohmann::json input, const nlohmann::json& parameters
);

}  // namespace inference
