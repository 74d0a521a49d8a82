/// @file call.hpp
/// @brief What is known of a call when it arrives.
#pragma once

#include <cstddef>
#include <string>

namespace engine_sim {

/// Both dialects in one form, for the fault script and the log.
struct CallFacts {
    std::string path;  ///< "/v1/completions", or the name of a gRPC method: "ModelInfer".
    std::string model;  ///< Empty where the request names none.
    std::string request_id;  ///< Header X-Request-Id, else `request_id` (OpenAI) or `id` (KServe).
    std::string traceparent;
    std::size_t batch = 1;  ///< Prompts, texts, or rows of the first tensor.
    int priority = 0;
    std::string text = {
    };  ///< Every prompt, a line each; only where a fault script asks. Never logged.
};

}  // namespace engine_sim
