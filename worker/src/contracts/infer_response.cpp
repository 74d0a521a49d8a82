#include "contracts/infer_response.hpp"

#include "contracts/field_reader.hpp"

namespace inference {

void to_json(nlohmann::json& json, const InferResponse& response) {
    json = {
        {"job_id", response.job_id},
        {"status", response.status},
        {"model", response.model},
        {"served_model", response.served_model},
        {"fallback", response.fallback},
        {"output", response.output},
        {"usage", response.usage},
        {"truncated", response.truncated},
        {"timings", response.timings},
        {"attempts", response.attempts},
        {"metadata", response.metadata},
    };
    if (response.content) {
        json["content"] = *response.content;
    }
    if (response.finish_reason) {
        json["finish_reason"] = *response.finish_reason;
    }
}

static void read_fields(FieldReader& fields, InferResponse& response) {
    fields.read("job_id", response.job_id);
    fields.read("status", response.status);
    fields.read("model", response.model);
    fields.read("served_model", response.served_model);
    fields.read("fallback", response.fallback);
    fields.read_object("output", response.output);
    fields.read("content", response.content);
    fields.read_fields_of("usage", response.usage);
    fields.read("finish_reason", response.finish_reason);
    fields.read("truncated", response.truncated);
    fields.read_fields_of("timings", response.timings);
    fields.read_fields_of("attempts", response.attempts);
    fields.read_object("metadata", response.metadata);
}

void from_json(const nlohmann::json& json, InferResponse& response) {
    read_or_throw(json, response);
}

}  // namespace inference
