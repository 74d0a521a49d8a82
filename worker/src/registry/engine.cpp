#include "registry/engine.hpp"

#include "adapters/engine_kind.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/name_table.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace inference {
namespace {

constexpr NameTable<EngineKind, 7> kNames{{
    {EngineKind::kVllm, "vllm"},
    {EngineKind::kSglang, "sglang"},
    {EngineKind::kTensorRtLlm, "tensorrt-llm"},
    {EngineKind::kOpenVino, "openvino"},
    {EngineKind::kOpenAi, "openai"},
    {EngineKind::kTriton, "triton"},
    {EngineKind::kKserve, "kserve"},
}};

constexpr std::array kVllmTasks{
    Task::kChat,
    Task::kCompletion,
    Task::kEmbed,
    Task::kClassify,
    Task::kPooling,
    Task::kRerank,
    Task::kScore
};
constexpr std::array kOpenAiTasks{Task::kChat, Task::kCompletion, Task::kEmbed};
constexpr std::array kOpenVinoTasks{Task::kChat, Task::kCompletion, Task::kEmbed, Task::kRerank};
constexpr std::array kTextTasks{Task::kChat, Task::kCompletion};
constexpr std::array kTensorTasks{Task::kTensors};

std::span<const Task> tasks(EngineKind engine) noexcept {
    switch (engine) {
        case EngineKind::kVllm: return kVllmTasks;
        // Its /v1/score and /v1/rerank answer in forms of their own.
        case EngineKind::kSglang: return kOpenAiTasks;
        case EngineKind::kTensorRtLlm: return kTextTasks;
        case EngineKind::kOpenVino: return kOpenVinoTasks;
        case EngineKind::kOpenAi: return kOpenAiTasks;
        case EngineKind::kTriton:
        case EngineKind::kKserve: return kTensorTasks;
    }
    return {};
}

constexpr std::array<std::string_view, 10> kOpenAiKeys{
    "model",
    "messages",
    "prompt",
    "input",
    "query",
    "documents",
    "text_1",
    "text_2",
    "stream",
    "stream_options"
};

}  // namespace

std::string_view to_string(EngineKind engine) noexcept {
    return name_in(kNames, engine);
}

std::optional<EngineKind> engine_from(std::string_view name) noexcept {
    return value_in(kNames, name);
}

std::string engine_names() {
    return names_in(kNames);
}

Dialect dialect_of(EngineKind engine) noexcept {
    return engine == EngineKind::kTriton || engine == EngineKind::kKserve ? Dialect::kKserveV2
                                                                          : Dialect::kOpenAi;
}

bool serves(EngineKind engine, Task task) noexcept {
    return std::ranges::count(tasks(engine), task) != 0;
}

std::string tasks_of(EngineKind engine) {
    std::string names;
    for (const Task task : tasks(engine)) {
        names += names.empty() ? "" : ", ";
        names += to_string(task);
    }
    return names;
}

bool is_reserved_parameter(Dialect dialect, std::string_view key) noexcept {
    // Parameters of KServe v2 are an object of their own and can overwrite nothing.
    return dialect == Dialect::kOpenAi && std::ranges::count(kOpenAiKeys, key) != 0;
}

}  // namespace inference
