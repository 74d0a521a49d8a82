#include "contracts/engine_call.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

TEST(TaskNames, GoBothWays) {
    constexpr std::array<std::pair<Task, std::string_view>, 8> kTasks{{
        {Task::kChat, "chat"},
        {Task::kCompletion, "completion"},
        {Task::kEmbed, "embed"},
        {Task::kClassify, "classify"},
        {Task::kPooling, "pooling"},
        {Task::kRerank, "rerank"},
        {Task::kScore, "score"},
        {Task::kTensors, "tensors"},
    }};
    for (const auto& [task, name] : kTasks) {
        EXPECT_EQ(to_string(task), name);
        EXPECT_EQ(task_from(name), task);
    }
    EXPECT_EQ(task_from("dream"), std::nullopt);
    EXPECT_EQ(task_names(), "chat, completion, embed, classify, pooling, rerank, score, tensors");
}

TEST(EngineCall, SurvivesTheWire) {
    const EngineCall call{
        .model = "digits",
        .task = Task::kTensors,
        .body = {{"inputs", json::array()}},
        .request_id = "inf-1",
        .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        .priority = 20,
    };
    EXPECT_EQ(json(call).get<EngineCall>(), call);
    EXPECT_EQ(
        json(call).dump(),
        R"({"body":{"inputs":[]},"model":"digits","priority":20,"request_id":"inf-1","task":"tensors",)"
        R"("traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})"
    );
}

TEST(EngineReply, SurvivesTheWire) {
    const EngineReply reply{
        .body = {{"choices", json::array()}},
        .endpoint = "http://127.0.0.1:8080/v1",
        .latency = std::chrono::milliseconds(120),
        .time_to_first_token = std::chrono::milliseconds(15),
    };
    EXPECT_EQ(json(reply).get<EngineReply>(), reply);
    EXPECT_EQ(
        json(reply).dump(),
        R"({"body":{"choices":[]},"endpoint":"http://127.0.0.1:8080/v1","latency_ms":120,"ttft_ms":15})"
    );
}

TEST(EngineCall, IsNotReadFromAnUnknownTask) {
    EXPECT_THROW((json{{"task", "dream"}}.get<EngineCall>()), std::invalid_argument);
}

}  // namespace
}  // namespace inference
