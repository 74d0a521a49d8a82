#include "adapters/kserve/model_description.hpp"

#include <algorithm>

namespace inference {
namespace {

std::vector<TensorDescription> tensors_of(
    const google::protobuf::RepeatedPtrField<kserve::ModelMetadataResponse::TensorMetadata>& tensors
) {
    std::vector<TensorDescription> result;
    for (const auto& tensor : tensors) {
        result.push_back(
            {tensor.name(), tensor.datatype(), {tensor.shape().begin(), tensor.shape().end()}}
        );
    }
    return result;
}

bool is_optional(const kserve::ModelConfig& config, const std::string& name) {
    return std::ranges::any_of(config.input(), [&name](const kserve::ModelInput& input) {
        return input.name() == name && input.optional();
    });
}

}  // namespace

ModelDescription describe(
    const kserve::ModelMetadataResponse& metadata, const kserve::ModelConfig* config
) {
    ModelDescription result{
        .inputs = tensors_of(metadata.inputs()), .outputs = tensors_of(metadata.outputs())
    };
    if (config != nullptr) {
        result.max_batch_size = config->max_batch_size();
        for (TensorDescription& input : result.inputs) {
            input.optional = is_optional(*config, input.name);
        }
    }
    return result;
}

const TensorDescription* find_tensor(
    const std::vector<TensorDescription>& tensors, std::string_view name
) noexcept {
    const auto found = std::ranges::find(tensors, name, &TensorDescription::name);
    return found == tensors.end() ? nullptr : &*found;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (const std::int64_t dimension : shape) {
        text += (text.size() == 1 ? "" : ",") + std::to_string(dimension);
    }
    return text + "]";
}

bool fits(
    const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& allowed
) noexcept {
    return std::ranges::equal(shape, allowed, [](std::int64_t given, std::int64_t expected) {
        return expected < 0 || given == expected;
    });
}

}  // namespace inference
