/// @file adapters/openai/stream_request.hpp
/// @brief Which answers can be streamed, and how one asks for it.
#pragma once

#include "adapters/http/http_message.hpp"
#include "adapters/openai/task_api.hpp"

#include <nlohmann/json.hpp>

namespace inference {

/// Whether engines stream the answer to this request: no beam search, no best of more than are returned, and nothing that is
/// said of the prompt.
bool can_stream(const TaskApi& api, const nlohmann::json& request);

/// The stream ends with the usage, which a whole answer has anyway.
void ask_for_stream(nlohmann::json& request);

/// Whether an answer says that the server does not stream, be it for this request or for any. May be wrong where a server
/// quotes the request: believe it once the same request has succeeded without a stream.
bool refuses_to_stream(const HttpAnswer& answer);

}  // namespace inference
