#include "contracts/inferred.hpp"

#include "contracts/field_reader.hpp"
#include "contracts/text_filter.hpp"

namespace inference {

void to_json(nlohmann::json& json, const Inferred& inferred) {
    json = {
        {"reply", inferred.reply},
        {"shape", inferred.shape},
        {"filters", inferred.filters},
        {"model", inferred.model},
        {"served_model", inferred.served_model},
        {"fallback", inferred.fallback},
        {"attempt", inferred.attempt},
        {"timings", inferred.timings},
        {"metadata", inferred.metadata},
    };
    if (!inferred.traceparent.empty()) {
        json["traceparent"] = inferred.traceparent;
    }
}

static void read_fields(FieldReader& fields, Inferred& inferred) {
    fields.require("reply");
    fields.read_fields_of("reply", inferred.reply);
    fields.read_fields_of("shape", inferred.shape);
    fields.read_names("filters", inferred.filters, text_filter_from, text_filter_names());
    fields.read("model", inferred.model);
    fields.read("served_model", inferred.served_model);
    fields.read("fallback", inferred.fallback);
    fields.read("traceparent", inferred.traceparent);
    fields.read("attempt", inferred.attempt);
    fields.read_fields_of("timings", inferred.timings);
    fields.read_object("metadata", inferred.metadata);
}

void from_json(const nlohmann::json& json, Inferred& inferred) {
    read_or_throw(json, inferred);
}

}  // namespace inference
