#include "contracts/reply_shape.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/field_reader.hpp"

namespace inference {

void read_fields(FieldReader& fields, ReplyShape& shape) {
    fields.read_name("task", shape.task, task_from, task_names());
    fields.read("answers", shape.answers);
    fields.read("is_list", shape.is_list);
}

void to_json(nlohmann::json& json, const ReplyShape& shape) {
    json = {
        {"task", to_string(shape.task)},
        {"answers", shape.answers},
        {"is_list", shape.is_list},
    };
}

void from_json(const nlohmann::json& json, ReplyShape& shape) {
    read_or_throw(json, shape);
}

}  // namespace inference
