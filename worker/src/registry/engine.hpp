/// @file registry/engine.hpp
/// @brief The names of the inference engines, and what each of them can do.
#pragma once

#include "adapters/engine_kind.hpp"
#include "contracts/engine_call.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// The protocol an engine is spoken to in, which decides the adapter and the form of a request.
enum class Dialect { kOpenAi, kKserveV2 };

/// Names of the configuration: "vllm", "sglang", "tensorrt-llm", "openvino", "openai", "triton", "kserve".
std::string_view to_string(EngineKind engine) noexcept;
std::optional<EngineKind> engine_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string engine_names();

Dialect dialect_of(EngineKind engine) noexcept;

/// Whether the engine has an API for this kind of work. A model behind it may still lack it: then the engine says so.
bool serves(EngineKind engine, Task task) noexcept;
/// The kinds of work it has an API for, in a list for people: "chat, completion".
std::string tasks_of(EngineKind engine);

/// Whether the worker writes this key of an engine request itself, so that no parameter may.
bool is_reserved_parameter(Dialect dialect, std::string_view key) noexcept;

}  // namespace inference
