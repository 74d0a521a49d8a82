#include "contracts/error.hpp"

#include "contracts/field_reader.hpp"
#include "contracts/name_table.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace inference {
namespace {

constexpr NameTable<ErrorClass, 4> kClassNames{{
    {ErrorClass::kTransient, "Transient"},
    {ErrorClass::kOutOfMemory, "OOM"},
    {ErrorClass::kTimeout, "Timeout"},
    {ErrorClass::kFatal, "Fatal"},
}};

constexpr NameTable<ErrorCode, 16> kCodeNames{{
    {ErrorCode::kValidation, "VALIDATION"},
    {ErrorCode::kModelNotFound, "MODEL_NOT_FOUND"},
    {ErrorCode::kAuth, "AUTH"},
    {ErrorCode::kContextLength, "CONTEXT_LENGTH"},
    {ErrorCode::kUnsupported, "UNSUPPORTED"},
    {ErrorCode::kPoison, "POISON"},
    {ErrorCode::kWorkerLost, "WORKER_LOST"},
    {ErrorCode::kConnection, "CONNECTION"},
    {ErrorCode::kRateLimited, "RATE_LIMITED"},
    {ErrorCode::kEngine5xx, "ENGINE_5XX"},
    {ErrorCode::kEngineNotReady, "ENGINE_NOT_READY"},
    {ErrorCode::kCircuitOpen, "CIRCUIT_OPEN"},
    {ErrorCode::kEngineTimeout, "ENGINE_TIMEOUT"},
    {ErrorCode::kDeadline, "DEADLINE"},
    {ErrorCode::kEngineOom, "ENGINE_OOM"},
    {ErrorCode::kStorage, "STORAGE"},
}};

}  // namespace

std::string_view to_string(ErrorClass error_class) noexcept {
    return name_in(kClassNames, error_class);
}

std::string_view to_string(ErrorCode code) noexcept {
    return name_in(kCodeNames, code);
}

std::optional<ErrorClass> error_class_from(std::string_view name) noexcept {
    return value_in(kClassNames, name);
}

std::optional<ErrorCode> error_code_from(std::string_view name) noexcept {
    return value_in(kCodeNames, name);
}

std::string error_class_names() {
    return names_in(kClassNames);
}

std::string error_code_names() {
    return names_in(kCodeNames);
}

Error fatal(ErrorCode code, std::string message) {
    return Error{.error_class = ErrorClass::kFatal, .code = code, .message = std::move(message)};
}

void to_json(nlohmann::json& json, const Error& error) {
    json = {
        {"code", to_string(error.code)},
        {"class", to_string(error.error_class)},
        {"message", error.message},
        {"endpoint", nullptr},
        {"sent", error.sent},
        {"replica_bad", error.replica_bad},
        {"partial", error.partial},
        {"engine_died", error.engine_died},
        {"indivisible", error.indivisible},
    };
    if (error.endpoint) {
        json["endpoint"] = *error.endpoint;
    }
    if (error.retry_after) {
        json["retry_after_ms"] = error.retry_after->count();
    }
    if (error.batch_limit) {
        json["batch_limit"] = *error.batch_limit;
    }
}

static void read_fields(FieldReader& fields, Error& error) {
    fields.require("code");
    fields.require("class");
    fields.read_name("code", error.code, error_code_from, error_code_names());
    fields.read_name("class", error.error_class, error_class_from, error_class_names());
    fields.read("message", error.message);
    fields.read("endpoint", error.endpoint);
    fields.read("retry_after_ms", error.retry_after);
    fields.read("sent", error.sent);
    fields.read("replica_bad", error.replica_bad);
    fields.read("partial", error.partial);
    fields.read("engine_died", error.engine_died);
    fields.read("batch_limit", error.batch_limit);
    fields.read("indivisible", error.indivisible);
}

void from_json(const nlohmann::json& json, Error& error) {
    read_or_throw(json, error);
}

}  // namespace inference
