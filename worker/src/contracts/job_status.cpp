#include "contracts/job_status.hpp"

#include "contracts/error.hpp"
#include "contracts/field_reader.hpp"
#include "contracts/name_table.hpp"
#include "contracts/names.hpp"
#include "contracts/priority.hpp"
#include "contracts/timestamp.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace inference {
namespace {

constexpr NameTable<JobState, 6> kStateNames{{
    {JobState::kQueued, "queued"},
    {JobState::kRunning, "running"},
    {JobState::kCompleted, "completed"},
    {JobState::kCompletedWithErrors, "completed_with_errors"},
    {JobState::kFailed, "failed"},
    {JobState::kCanceled, "canceled"},
}};

constexpr NameTable<Stage, 3> kStageNames{{
    {Stage::kPreprocess, names::kPreprocess},
    {Stage::kInfer, names::kInfer},
    {Stage::kPostprocess, names::kPostprocess},
}};

void read_timestamp(FieldReader& fields, std::string_view key, std::optional<Timestamp>& out) {
    std::optional<std::string> text;
    fields.read(key, text);
    if (!fields.ok() || !text) {
        return;
    }
    out = timestamp_from(*text);
    if (!out) {
        fields.complain(key, "is no ISO 8601 time in UTC, such as 2026-11-24T10:31:00.123Z");
    }
}

}  // namespace

std::string_view to_string(JobState state) noexcept {
    return name_in(kStateNames, state);
}

std::optional<JobState> job_state_from(std::string_view name) noexcept {
    return value_in(kStateNames, name);
}

std::string job_state_names() {
    return names_in(kStateNames);
}

bool is_final(JobState state) noexcept {
    return state != JobState::kQueued && state != JobState::kRunning;
}

std::string_view to_string(Stage stage) noexcept {
    return name_in(kStageNames, stage);
}

std::optional<Stage> stage_from(std::string_view name) noexcept {
    return value_in(kStageNames, name);
}

void read_fields(FieldReader& fields, ItemCounts& counts) {
    fields.read("total", counts.total);
    fields.read("succeeded", counts.succeeded);
    fields.read("failed", counts.failed);
    fields.read("canceled", counts.canceled);
}

void to_json(nlohmann::json& json, const ItemCounts& counts) {
    json = {
        {"total", counts.total},
        {"succeeded", counts.succeeded},
        {"failed", counts.failed},
        {"canceled", counts.canceled},
    };
}

void from_json(const nlohmann::json& json, ItemCounts& counts) {
    read_or_throw(json, counts);
}

void read_fields(FieldReader& fields, JobError& error) {
    fields.read_name("code", error.code, error_code_from, error_code_names());
    fields.read_name("class", error.error_class, error_class_from, error_class_names());
    fields.read("message", error.message);
    read_timestamp(fields, "next_attempt_at", error.next_attempt_at);
}

void to_json(nlohmann::json& json, const JobError& error) {
    json = {
        {"code", to_string(error.code)},
        {"class", to_string(error.error_class)},
        {"message", error.message},
    };
    if (error.next_attempt_at) {
        json["next_attempt_at"] = to_iso8601(*error.next_attempt_at);
    }
}

void from_json(const nlohmann::json& json, JobError& error) {
    read_or_throw(json, error);
}

void to_json(nlohmann::json& json, const JobStatus& status) {
    json = {
        {"job_id", status.job_id},
        {"state", to_string(status.state)},
        {"stage", to_string(status.stage)},
        {"progress", status.progress},
        {"attempt", status.attempt},
        {"retries", status.retries},
        {"model", status.model},
        {"priority", to_string(status.priority)},
        {"updated_at", to_iso8601(status.updated_at)},
    };
    if (status.counts) {
        json["counts"] = *status.counts;
    }
    if (status.error) {
        json["error"] = *status.error;
    }
}

static void read_fields(FieldReader& fields, JobStatus& status) {
    fields.read("job_id", status.job_id);
    fields.read_name("state", status.state, job_state_from, job_state_names());
    fields.read_name("stage", status.stage, stage_from, names_in(kStageNames));
    fields.read("progress", status.progress);
    fields.read_fields_of("counts", status.counts);
    fields.read("attempt", status.attempt);
    fields.read_fields_of("retries", status.retries);
    fields.read("model", status.model);
    fields.read_name("priority", status.priority, priority_from, priority_names());
    std::optional<Timestamp> updated_at;
    read_timestamp(fields, "updated_at", updated_at);
    status.updated_at = updated_at.value_or(status.updated_at);
    fields.read_fields_of("error", status.error);
}

void from_json(const nlohmann::json& json, JobStatus& status) {
    read_or_throw(json, status);
}

}  // namespace inference
