/// @file recorded_vllm.hpp
/// @brief What the real vLLM was heard to answer, as engines/vllm/record wrote it down.
#pragma once

#include <string_view>

namespace engine_sim {

/// JSON: [{"name", "server", "path", "request" or "raw", "status", "body"}], see engines/vllm/recording.py.
std::string_view recorded_vllm();

}  // namespace engine_sim
