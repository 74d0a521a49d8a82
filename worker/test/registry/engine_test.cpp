#include "registry/engine.hpp"

#include "adapters/engine_kind.hpp"
#include "contracts/engine_call.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string_view>

namespace inference {
namespace {

constexpr Task kAllTasks[] = {
    Task::kChat,
    Task::kCompletion,
    Task::kEmbed,
    Task::kClassify,
    Task::kPooling,
    Task::kRerank,
    Task::kScore,
    Task::kTensors
};

TEST(Engine, HasItsNameItsDialectAndItsTasks) {
    struct Row {
        EngineKind engine;
        std::string_view name;
        Dialect dialect;
        std::set<Task> tasks;
    };
    const Row rows[] = {
        {EngineKind::kVllm,
         "vllm",
         Dialect::kOpenAi,
         {Task::kChat,
          Task::kCompletion,
          Task::kEmbed,
          Task::kClassify,
          Task::kPooling,
          Task::kRerank,
          Task::kScore}},
        {EngineKind::kSglang,
         "sglang",
         Dialect::kOpenAi,
         {Task::kChat, Task::kCompletion, Task::kEmbed}},
        {EngineKind::kTensorRtLlm,
         "tensorrt-llm",
         Dialect::kOpenAi,
         {Task::kChat, Task::kCompletion}},
        {EngineKind::kOpenVino,
         "openvino",
         Dialect::kOpenAi,
         {Task::kChat, Task::kCompletion, Task::kEmbed, Task::kRerank}},
        {EngineKind::kOpenAi,
         "openai",
         Dialect::kOpenAi,
         {Task::kChat, Task::kCompletion, Task::kEmbed}},
        {EngineKind::kTriton, "triton", Dialect::kKserveV2, {Task::kTensors}},
        {EngineKind::kKserve, "kserve", Dialect::kKserveV2, {Task::kTensors}},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(to_string(row.engine), row.name);
        EXPECT_EQ(engine_from(row.name), row.engine);
        EXPECT_EQ(dialect_of(row.engine), row.dialect) << row.name;
        for (const Task task : kAllTasks) {
            EXPECT_EQ(serves(row.engine, task), row.tasks.contains(task))
                << row.name << " " << to_string(task);
        }
    }
    EXPECT_EQ(engine_from("vLLM"), std::nullopt);
}

TEST(Engine, ListsItsTasksForPeople) {
    EXPECT_EQ(tasks_of(EngineKind::kOpenAi), "chat, completion, embed");
    EXPECT_EQ(tasks_of(EngineKind::kTriton), "tensors");
}

TEST(ReservedParameters, AreTheKeysThatTheWorkerWrites) {
    for (const auto* key :
         {"model",
          "messages",
          "prompt",
          "input",
          "query",
          "documents",
          "text_1",
          "text_2",
          "stream",
          "stream_options"}) {
        EXPECT_TRUE(is_reserved_parameter(Dialect::kOpenAi, key)) << key;
        EXPECT_FALSE(is_reserved_parameter(Dialect::kKserveV2, key)) << key;
    }
    EXPECT_FALSE(is_reserved_parameter(Dialect::kOpenAi, "max_tokens"));
}

}  // namespace
}  // namespace inference
