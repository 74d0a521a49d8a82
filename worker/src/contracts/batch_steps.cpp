#include "contracts/batch_steps.hpp"

#include "contracts/attribute_list.hpp"
#include "contracts/field_reader.hpp"
#include "contracts/priority.hpp"

namespace inference {

static void read_error(FieldReader& fields, std::optional<Error>& error) {
    nlohmann::json json;
    fields.read_object("first_error", json);
    if (fields.ok() && !json.is_null()) {
        error = json.get<Error>();
    }
}

static void read_fields(FieldReader& fields, BatchFiles& files) {
    fields.read("job_id", files.job_id);
    fields.read("items", files.items);
    fields.read("index", files.index);
    fields.read("refused", files.refused);
    fields.read("output", files.output);
    fields.read("errors", files.errors);
}

static void read_fields(FieldReader& fields, BatchOutline& outline) {
    fields.read_fields_of("files", outline.files);
    fields.read("items", outline.items);
    fields.read("model", outline.model);
    fields.read("returns_results", outline.returns_results);
    fields.read("heartbeat_timeout_ms", outline.heartbeat_timeout);
    fields.read("history_limit", outline.history_limit);
    read_attributes(fields, outline.search_attributes);
}

static void read_fields(FieldReader& fields, ChunkTask& task) {
    fields.read_fields_of("files", task.files);
    fields.read("first", task.first);
    fields.read("count", task.count);
    fields.read("model", task.model);
    fields.read_object("parameters", task.parameters);
    fields.read_name("priority", task.priority, priority_from, priority_names());
    fields.read("stops_at_failure", task.stops_at_failure);
    fields.read("begun", task.begun);
}

static void read_fields(FieldReader& fields, ChunkReport& report) {
    fields.read("succeeded", report.succeeded);
    fields.read("failed", report.failed);
    fields.read("remaining", report.remaining);
    fields.read("wait_ms", report.wait);
    fields.read_fields_of("usage", report.usage);
    read_error(fields, report.first_error);
}

static void read_fields(FieldReader& fields, BatchState& state) {
    fields.read_fields_of("outline", state.outline);
    fields.read("next", state.next);
    fields.read_fields_of("counts", state.counts);
    fields.read_fields_of("usage", state.usage);
    fields.read("chunks", state.chunks);
    fields.read("paused", state.paused);
    read_error(fields, state.first_error);
}

static void read_fields(FieldReader& fields, BatchEnd& end) {
    fields.read_fields_of("files", end.files);
    fields.read("items", end.items);
    fields.read("returns_results", end.returns_results);
    fields.read_fields_of("usage", end.usage);
}

static void to_json(nlohmann::json& json, const BatchFiles& files) {
    json = {
        {"job_id", files.job_id},
        {"items", files.items},
        {"index", files.index},
        {"refused", files.refused},
        {"output", files.output},
        {"errors", files.errors},
    };
}

void to_json(nlohmann::json& json, const BatchOutline& outline) {
    json = {
        {"files", outline.files},
        {"items", outline.items},
        {"model", outline.model},
        {"returns_results", outline.returns_results},
        {"heartbeat_timeout_ms", outline.heartbeat_timeout.count()},
        {"history_limit", outline.history_limit},
    };
    write_attributes(json, outline.search_attributes);
}

void from_json(const nlohmann::json& json, BatchOutline& outline) {
    read_or_throw(json, outline);
}

void to_json(nlohmann::json& json, const ChunkTask& task) {
    json = {
        {"files", task.files},
        {"first", task.first},
        {"count", task.count},
        {"model", task.model},
        {"parameters", task.parameters},
        {"priority", to_string(task.priority)},
        {"stops_at_failure", task.stops_at_failure},
        {"begun", task.begun},
    };
}

void from_json(const nlohmann::json& json, ChunkTask& task) {
    read_or_throw(json, task);
}

void to_json(nlohmann::json& json, const ChunkReport& report) {
    json = {
        {"succeeded", report.succeeded},
        {"failed", report.failed},
        {"remaining", report.remaining},
        {"wait_ms", report.wait.count()},
        {"usage", report.usage},
    };
    if (report.first_error) {
        json["first_error"] = *report.first_error;
    }
}

void from_json(const nlohmann::json& json, ChunkReport& report) {
    read_or_throw(json, report);
}

void to_json(nlohmann::json& json, const BatchEnd& end) {
    json = {
        {"files", end.files},
        {"items", end.items},
        {"returns_results", end.returns_results},
        {"usage", end.usage},
    };
}

void from_json(const nlohmann::json& json, BatchEnd& end) {
    read_or_throw(json, end);
}

void to_json(nlohmann::json& json, const BatchState& state) {
    json = {
        {"outline", state.outline},
        {"next", state.next},
        {"counts", state.counts},
        {"usage", state.usage},
        {"chunks", state.chunks},
        {"paused", state.paused},
    };
    if (state.first_error) {
        json["first_error"] = *state.first_error;
    }
}

void from_json(const nlohmann::json& json, BatchState& state) {
    read_or_throw(json, state);
}

}  // namespace inference
