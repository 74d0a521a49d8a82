#include "contracts/infer_request.hpp"

#include "contracts/describe.hpp"
#include "contracts/error.hpp"
#include "contracts/field_reader.hpp"
#include "contracts/json_field.hpp"
#include "contracts/priority.hpp"
#include "contracts/result.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace inference {
namespace {

void require_object(FieldReader& fields, const nlohmann::json& json, const char* key) {
    const auto* value = field(json, key);
    if (value != nullptr && !value->is_object()) {
        fields.complain(key, "is " + describe(*value) + "; it takes an object");
    }
}

/// Everything but the three objects, which may be large and are moved.
void read_small_fields(FieldReader& fields, InferRequest& request) {
    fields.require("model");
    fields.read("model", request.model);
    if (fields.ok() && request.model.empty()) {
        fields.complain("model", "is empty; it takes the name of a model of the registry");
    }
    fields.read_name("priority", request.priority, priority_from, priority_names());
    fields.read("stream", request.stream);
    fields.read("job_id", request.job_id);
    fields.read("client_id", request.client_id);
    fields.read("pipeline_id", request.pipeline_id);
    fields.read("traceparent", request.traceparent);
    fields.read("deadline_ms", request.deadline);
    fields.read("allow_fallback", request.allow_fallback);
}

void take_object(nlohmann::json& json, const char* key, nlohmann::json& out) {
    const auto found = json.find(key);
    if (found != json.end() && found->is_object()) {
        out = std::move(*found);
    }
}

template <class T>
void put(nlohmann::json& json, const char* key, const std::optional<T>& value) {
    if (value) {
        json[key] = *value;
    }
}

}  // namespace

Result<InferRequest> parse_infer_request(nlohmann::json json) {
    if (!json.is_object()) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            "the request is " + describe(json) +
                "; it takes an object with at least 'model' and 'input'"
        ));
    }
    InferRequest request;
    FieldReader fields(json);
    read_small_fields(fields, request);
    fields.require("input");
    require_object(fields, json, "input");
    require_object(fields, json, "parameters");
    require_object(fields, json, "metadata");
    if (!fields.ok()) {
        return tl::unexpected(fatal(ErrorCode::kValidation, fields.problem()));
    }
    take_object(json, "input", request.input);
    take_object(json, "parameters", request.parameters);
    take_object(json, "metadata", request.metadata);
    return request;
}

void to_json(nlohmann::json& json, const InferRequest& request) {
    json = {
        {"model", request.model},
        {"input", request.input},
        {"parameters", request.parameters},
        {"stream", request.stream},
        {"deadline_ms", request.deadline.count()},
        {"allow_fallback", request.allow_fallback},
        {"metadata", request.metadata},
    };
    if (request.priority) {
        json["priority"] = to_string(*request.priority);
    }
    put(json, "job_id", request.job_id);
    put(json, "client_id", request.client_id);
    put(json, "pipeline_id", request.pipeline_id);
    put(json, "traceparent", request.traceparent);
}

void from_json(const nlohmann::json& json, InferRequest& request) {
    Result<InferRequest> parsed = parse_infer_request(json);
    if (!parsed) {
        throw std::invalid_argument(parsed.error().message);
    }
    request = std::move(*parsed);
}

}  // namespace inference
