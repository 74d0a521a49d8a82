#include "contracts/engine_call.hpp"

#include "contracts/field_reader.hpp"
#include "contracts/name_table.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace inference {
namespace {

constexpr NameTable<Task, 8> kTaskNames{{
    {Task::kChat, "chat"},
    {Task::kCompletion, "completion"},
    {Task::kEmbed, "embed"},
    {Task::kClassify, "classify"},
    {Task::kPooling, "pooling"},
    {Task::kRerank, "rerank"},
    {Task::kScore, "score"},
    {Task::kTensors, "tensors"},
}};

}  // namespace

std::string_view to_string(Task task) noexcept {
    return name_in(kTaskNames, task);
}

std::optional<Task> task_from(std::string_view name) noexcept {
    return value_in(kTaskNames, name);
}

std::string task_names() {
    return names_in(kTaskNames);
}

void to_json(nlohmann::json& json, const EngineCall& call) {
    json = {
        {"model", call.model},
        {"task", to_string(call.task)},
        {"body", call.body},
        {"request_id", call.request_id},
        {"traceparent", call.traceparent},
        {"priority", call.priority},
    };
}

void read_fields(FieldReader& fields, EngineCall& call) {
    fields.read("model", call.model);
    fields.read_name("task", call.task, task_from, task_names());
    fields.read_object("body", call.body);
    fields.read("request_id", call.request_id);
    fields.read("traceparent", call.traceparent);
    fields.read("priority", call.priority);
}

void from_json(const nlohmann::json& json, EngineCall& call) {
    read_or_throw(json, call);
}

void to_json(nlohmann::json& json, const EngineReply& reply) {
    json = {
        {"body", reply.body},
        {"endpoint", reply.endpoint},
        {"latency_ms", reply.latency.count()},
        {"ttft_ms", reply.time_to_first_token.count()},
    };
}

void read_fields(FieldReader& fields, EngineReply& reply) {
    fields.read_any("body", reply.body);
    fields.read("endpoint", reply.endpoint);
    fields.read("latency_ms", reply.latency);
    fields.read("ttft_ms", reply.time_to_first_token);
}

void from_json(const nlohmann::json& json, EngineReply& reply) {
    read_or_throw(json, reply);
}

}  // namespace inference
