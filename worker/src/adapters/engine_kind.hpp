/// @file adapters/engine_kind.hpp
/// @brief Which engine answers: same protocol, other paths, error bodies and habits.
#pragma once

namespace inference {

enum class EngineKind { kVllm, kSglang, kTensorRtLlm, kOpenVino, kOpenAi, kTriton, kKserve };

}  // namespace inference
