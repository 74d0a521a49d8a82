#include "adapters/kserve/json_description.hpp"

#include <algorithm>

namespace inference {
namespace {

using nlohmann::json;

const json& member(const json& object, const char* name) {
    static const json kNone;
    const auto found = object.find(name);
    return found == object.end() ? kNone : *found;
}

std::string text(const json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool flag(const json& value) {
    return value.is_boolean() && value.get<bool>();
}

/// Triton writes 64-bit numbers of its configuration as strings at times, as JSON from messages does.
std::int64_t number(const json& value) {
    if (value.is_string()) {
        const json inside = json::parse(value.get_ref<const std::string&>(), nullptr, false);
        return inside.is_string() ? 0 : number(inside);
    }
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

std::vector<std::int64_t> shape_of(const json& dimensions) {
    std::vector<std::int64_t> shape;
    for (const json& dimension : dimensions) {
        shape.push_back(number(dimension));
    }
    return shape;
}

std::vector<TensorDescription> tensors_of(const json& tensors) {
    std::vector<TensorDescription> result;
    for (const json& tensor : tensors.is_array() ? tensors : json::array()) {
        if (tensor.is_object()) {
            result.push_back(
                {text(member(tensor, "name")),
                 text(member(tensor, "datatype")),
                 shape_of(member(tensor, "shape"))}
            );
        }
    }
    return result;
}

bool is_optional(const json& config, const std::string& name) {
    const json& inputs = member(config, "input");
    return std::ranges::any_of(inputs, [&name](const json& input) {
        return input.is_object() && member(input, "name") == name &&
               flag(member(input, "optional"));
    });
}

void add_config(const json& config, ModelDescription& description) {
    const json& batching = member(config, "dynamic_batching");
    description.max_batch_size = number(member(config, "max_batch_size"));
    description.is_decoupled =
        flag(member(member(config, "model_transaction_policy"), "decoupled"));
    description.keeps_sequences = member(config, "sequence_batching").is_object();
    description.priority_levels = static_cast<std::uint64_t>(
        std::max<std::int64_t>(number(member(batching, "priority_levels")), 0)
    );
    description.takes_timeout =
        flag(member(member(batching, "default_queue_policy"), "allow_timeout_override"));
    for (TensorDescription& input : description.inputs) {
        input.optional = is_optional(config, input.name);
    }
}

}  // namespace

ModelDescription describe(const json& metadata, const json* config) {
    ModelDescription result{
        .inputs = tensors_of(member(metadata, "inputs")),
        .outputs = tensors_of(member(metadata, "outputs"))
    };
    if (config != nullptr) {
        add_config(*config, result);
    }
    return result;
}

}  // namespace inference
