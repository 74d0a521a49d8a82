#include "contracts/batch_response.hpp"

#include "contracts/field_reader.hpp"

namespace inference {
namespace {

void read_fields(FieldReader& fields, BatchResponse& response) {
    fields.read("job_id", response.job_id);
    fields.read_name("status", response.status, job_state_from, job_state_names());
    fields.read_fields_of("counts", response.counts);
    fields.read_fields_of("usage", response.usage);
    fields.read_any("results", response.results);
    fields.read("output_ref", response.output_ref);
    fields.read("error_ref", response.error_ref);
}

}  // namespace

void to_json(nlohmann::json& json, const BatchResponse& response) {
    json = {
        {"job_id", response.job_id},
        {"status", to_string(response.status)},
        {"counts", response.counts},
        {"usage", response.usage},
    };
    if (!response.results.is_null()) {
        json["results"] = response.results;
    }
    if (response.output_ref) {
        json["output_ref"] = *response.output_ref;
    }
    if (response.error_ref) {
        json["error_ref"] = *response.error_ref;
    }
}

void from_json(const nlohmann::json& json, BatchResponse& response) {
    FieldReader fields(json);
    read_fields(fields, response);
    if (!fields.ok()) {
        throw std::invalid_argument(fields.problem());
    }
}

}  // namespace inference
