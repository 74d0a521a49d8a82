#include "contracts/processed.hpp"

#include "contracts/attribute_list.hpp"
#include "contracts/field_reader.hpp"
#include "contracts/text_filter.hpp"

namespace inference {

void to_json(nlohmann::json& json, const Processed& processed) {
    json = {
        {"call", processed.call},
        {"limits", processed.limits},
        {"shape", processed.shape},
        {"filters", processed.filters},
        {"stream", processed.stream},
        {"attempt", processed.attempt},
        {"fallback", processed.fallback},
        {"local_postprocess", processed.local_postprocess},
        {"timings", processed.timings},
        {"metadata", processed.metadata},
    };
    write_attributes(json, processed.search_attributes);
}

static void read_fields(FieldReader& fields, Processed& processed) {
    fields.require("call");
    fields.read_fields_of("call", processed.call);
    fields.read_fields_of("limits", processed.limits);
    fields.read_fields_of("shape", processed.shape);
    fields.read_names("filters", processed.filters, text_filter_from, text_filter_names());
    fields.read("stream", processed.stream);
    fields.read("attempt", processed.attempt);
    fields.read("fallback", processed.fallback);
    fields.read("local_postprocess", processed.local_postprocess);
    read_attributes(fields, processed.search_attributes);
    fields.read_fields_of("timings", processed.timings);
    fields.read_object("metadata", processed.metadata);
}

void from_json(const nlohmann::json& json, Processed& processed) {
    read_or_throw(json, processed);
}

}  // namespace inference
