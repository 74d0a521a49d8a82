/// @file adapters/openai/openai_adapter.hpp
/// @brief Calls servers with OpenAI's HTTP API: vLLM, SGLang, TensorRT-LLM, OpenVINO, and OpenAI's own kind.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "adapters/http/http_engine.hpp"
#include "contracts/result.hpp"

#include <memory>

namespace inference {

/// The adapter decides how the answer travels, and so takes `stream` out of a request: answers to chats and completions are
/// streamed where the engine can, and a reply is always whole. A request that the server refuses to stream is sent once more
/// without; if that succeeds, the endpoint is not asked for streams again.
///
/// Errors: Fatal for an address or a key that cannot be used.
/// Destroy: what is under way goes on in the HttpEngine, and completes there.
Result<std::unique_ptr<Adapter>> make_openai_adapter(
    EngineKind engine, EndpointOptions options, std::shared_ptr<HttpEngine> http
);

}  // namespace inference
