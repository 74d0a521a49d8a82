/// @file adapters/openai/openai_request.hpp
/// @brief What is sent to an OpenAI-like server.
#pragma once

#include "adapters/http/http_message.hpp"
#include "adapters/openai/openai_target.hpp"
#include "adapters/openai/task_api.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/result.hpp"

#include <string>

namespace inference {

enum class AnswerForm { kWhole, kStream };

/// The call's own `stream` and `stream_options` count for nothing; vLLM gets the call's priority where its body has none.
///
/// Errors: Fatal VALIDATION for a body that is no object, no UTF-8 or above the endpoint's limit.
Result<HttpRequest> call_request(
    const OpenAiTarget& target, const TaskApi& api, const EngineCall& call, AnswerForm form
);

}  // namespace inference
