/// @file contracts/engine_call.hpp
/// @brief What preprocess hands to infer, and infer to postprocess: the engine's own form, as plain data.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

class FieldReader;

/// The kind of work, which also decides the engine's path.
enum class Task { kChat, kCompletion, kEmbed, kClassify, kPooling, kRerank, kScore, kTensors };

/// Wire names: "chat", "completion", "embed", "classify", "pooling", "rerank", "score", "tensors".
std::string_view to_string(Task task) noexcept;
std::optional<Task> task_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string task_names();

/// One request in the engine's own form.
///
/// Shape: `body` is what the engine's HTTP API takes: an OpenAI request with the engine's model name, or a
///        KServe v2 infer request ({"inputs":[{"name","shape","datatype","data"}],"parameters"}).
struct EngineCall {
    std::string model;  ///< The registry's name.
    Task task = Task::kChat;
    nlohmann::json body;
    std::string request_id;  ///< Sent to the engine, so that its logs can be joined with ours.
    std::string traceparent;  ///< W3C trace context, may be empty.
    int priority = 0;  ///< Lower is sooner: high 0, normal 10, low 20.

    bool operator==(const EngineCall&) const = default;
};

void read_fields(FieldReader& fields, EngineCall& call);
void to_json(nlohmann::json& json, const EngineCall& call);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, EngineCall& call);

/// One answer in the engine's own form, complete: partial text never becomes a reply.
struct EngineReply {
    nlohmann::json
        body;  ///< An OpenAI response, or a KServe v2 infer response with `data` as flat arrays.
    std::string endpoint;
    std::chrono::milliseconds latency{0};
    std::chrono::milliseconds time_to_first_token{0};  ///< 0 where nothing was streamed.

    bool operator==(const EngineReply&) const = default;
};

void read_fields(FieldReader& fields, EngineReply& reply);
void to_json(nlohmann::json& json, const EngineReply& reply);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, EngineReply& reply);

}  // namespace inference
