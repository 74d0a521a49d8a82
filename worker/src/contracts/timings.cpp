#include "contracts/timings.hpp"

#include "contracts/field_reader.hpp"

namespace inference {

void read_fields(FieldReader& fields, Timings& timings) {
    fields.read("preprocess_ms", timings.preprocess);
    fields.read("infer_ms", timings.infer);
    fields.read("ttft_ms", timings.time_to_first_token);
    fields.read("postprocess_ms", timings.postprocess);
    fields.read("total_ms", timings.total);
}

void to_json(nlohmann::json& json, const Timings& timings) {
    json = {
        {"preprocess_ms", timings.preprocess.count()},
        {"infer_ms", timings.infer.count()},
        {"ttft_ms", timings.time_to_first_token.count()},
        {"postprocess_ms", timings.postprocess.count()},
        {"total_ms", timings.total.count()},
    };
}

void from_json(const nlohmann::json& json, Timings& timings) {
    read_or_throw(json, timings);
}

}  // namespace inference
