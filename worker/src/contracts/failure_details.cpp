#include "contracts/failure_details.hpp"

#include "contracts/error.hpp"
#include "contracts/field_reader.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace inference {

FailureDetails failure_details(const Error& error, std::string model, int attempt) {
    return FailureDetails{
        .code = error.code,
        .error_class = error.error_class,
        .message = error.message,
        .model = std::move(model),
        .endpoint = error.endpoint,
        .attempt = attempt,
    };
}

void to_json(nlohmann::json& json, const FailureDetails& details) {
    json = {
        {"code", to_string(details.code)},
        {"class", to_string(details.error_class)},
        {"message", details.message},
        {"model", details.model},
        {"endpoint", nullptr},
        {"attempt", details.attempt},
    };
    if (details.endpoint) {
        json["endpoint"] = *details.endpoint;
    }
    if (!details.batch.is_null()) {
        json["batch"] = details.batch;
    }
}

static void read_fields(FieldReader& fields, FailureDetails& details) {
    fields.require("code");
    fields.require("class");
    fields.read_name("code", details.code, error_code_from, error_code_names());
    fields.read_name("class", details.error_class, error_class_from, error_class_names());
    fields.read("message", details.message);
    fields.read("model", details.model);
    fields.read("endpoint", details.endpoint);
    fields.read("attempt", details.attempt);
    fields.read_any("batch", details.batch);
}

void from_json(const nlohmann::json& json, FailureDetails& details) {
    read_or_throw(json, details);
}

}  // namespace inference
