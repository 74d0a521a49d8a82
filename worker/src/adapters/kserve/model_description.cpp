#include "adapters/kserve/model_description.hpp"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>

namespace inference {
namespace {

// Field numbers of Triton's ModelDynamicBatching and ModelQueuePolicy, which the protocol file leaves out.
constexpr int kDefaultQueuePolicy = 6;
constexpr int kAllowTimeoutOverride = 3;

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

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

bool allows_timeout_override(const std::string& queue_policy) {
    UnknownFieldSet policy;
    if (!policy.ParseFromString(queue_policy)) {
        return false;
    }
    for (int i = 0; i < policy.field_count(); ++i) {
        const UnknownField& field = policy.field(i);
        if (field.number() == kAllowTimeoutOverride && field.type() == UnknownField::TYPE_VARINT) {
            return field.varint() != 0;
        }
    }
    return false;
}

bool takes_timeout(const kserve::ModelDynamicBatching& batching) {
    const UnknownFieldSet& fields = batching.GetReflection()->GetUnknownFields(batching);
    for (int i = 0; i < fields.field_count(); ++i) {
        const UnknownField& field = fields.field(i);
        if (field.number() == kDefaultQueuePolicy &&
            field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
            return allows_timeout_override(field.length_delimited());
        }
    }
    return false;
}

void add_config(const kserve::ModelConfig& config, ModelDescription& description) {
    description.max_batch_size = config.max_batch_size();
    description.is_decoupled = config.model_transaction_policy().decoupled();
    description.keeps_sequences = config.has_sequence_batching();
    description.priority_levels = config.dynamic_batching().priority_levels();
    description.takes_timeout = takes_timeout(config.dynamic_batching());
    for (TensorDescription& input : description.inputs) {
        input.optional = is_optional(config, input.name);
    }
}

}  // namespace

ModelDescription describe(
    const kserve::ModelMetadataResponse& metadata, const kserve::ModelConfig* config
) {
    ModelDescription result{
        .inputs = tensors_of(metadata.inputs()), .outputs = tensors_of(metadata.outputs())
    };
    if (config != nullptr) {
        add_config(*config, result);
    }
    return result;
}

bool takes_parts(const ModelDescription& model) noexcept {
    if (model.is_decoupled || model.keeps_sequences) {
        return false;
    }
    return model.max_batch_size > 0 ||
           std::ranges::all_of(model.inputs, [](const TensorDescription& input) {
               return !input.shape.empty() && input.shape.front() < 0;
           });
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
