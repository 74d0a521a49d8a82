#include "kserve_codec.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace engine_sim {

namespace {

using InputTensor = kserve::ModelInferRequest::InferInputTensor;
using Contents = kserve::InferTensorContents;

GrpcReply invalid(const std::string& message) {
    return {.code = grpc::StatusCode::INVALID_ARGUMENT, .message = message};
}

/// Typed contents hold small integers in 32 bits; their bytes are as long as the datatype says.
template <class Element, class Field>
std::string packed(const Field& field) {
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(field.size()) * sizeof(Element));
    for (const auto value : field) {
        const auto element = static_cast<Element>(value);
        char raw[sizeof(Element)];
        std::memcpy(raw, &element, sizeof(Element));
        bytes.append(raw, sizeof(Element));
    }
    return bytes;
}

std::string packed_strings(const Contents& contents) {
    std::string bytes;
    for (const std::string& value : contents.bytes_contents()) {
        const auto size = static_cast<std::uint32_t>(value.size());
        bytes.append(reinterpret_cast<const char*>(&size), sizeof(size));
        bytes += value;
    }
    return bytes;
}

struct TypedField {
    std::string_view datatype;
    std::string (*pack)(const Contents&);
};

constexpr std::array kTypedFields = {
    TypedField{"BOOL", [](const Contents& c) { return packed<bool>(c.bool_contents()); }},
    TypedField{"UINT8", [](const Contents& c) { return packed<std::uint8_t>(c.uint_contents()); }},
    TypedField{
        "UINT16", [](const Contents& c) { return packed<std::uint16_t>(c.uint_contents()); }
    },
    TypedField{
        "UINT32", [](const Contents& c) { return packed<std::uint32_t>(c.uint_contents()); }
    },
    TypedField{
        "UINT64", [](const Contents& c) { return packed<std::uint64_t>(c.uint64_contents()); }
    },
    TypedField{"INT8", [](const Contents& c) { return packed<std::int8_t>(c.int_contents()); }},
    TypedField{"INT16", [](const Contents& c) { return packed<std::int16_t>(c.int_contents()); }},
    TypedField{"INT32", [](const Contents& c) { return packed<std::int32_t>(c.int_contents()); }},
    TypedField{"INT64", [](const Contents& c) { return packed<std::int64_t>(c.int64_contents()); }},
    TypedField{"FP32", [](const Contents& c) { return packed<float>(c.fp32_contents()); }},
    TypedField{"FP64", [](const Contents& c) { return packed<double>(c.fp64_contents()); }},
    TypedField{"BYTES", &packed_strings},
};

tl::expected<std::string, GrpcReply> pack(const InputTensor& input, const std::string& model) {
    const auto* const field =
        std::ranges::find(kTypedFields, input.datatype(), &TypedField::datatype);
    std::string bytes = field == kTypedFields.end() ? "" : field->pack(input.contents());
    if (bytes.empty()) {
        return tl::unexpected(invalid(
            "unable to find data for input tensor '" + input.name() + "' for model '" + model +
            "' in request."
        ));
    }
    return bytes;
}

TensorSpec spec_of(const InputTensor& input) {
    return {
        .name = input.name(),
        .datatype = input.datatype(),
        .shape = {input.shape().begin(), input.shape().end()},
    };
}

bool asks_for(const kserve::ModelInferRequest& request, const std::string& output) {
    return request.outputs().empty() ||
           std::ranges::any_of(request.outputs(), [&](const auto& requested) {
               return requested.name() == output;
           });
}

void describe(const TensorSpec& tensor, kserve::ModelMetadataResponse::TensorMetadata& metadata) {
    metadata.set_name(tensor.name);
    metadata.set_datatype(tensor.datatype);
    metadata.mutable_shape()->Assign(tensor.shape.begin(), tensor.shape.end());
}

}  // namespace

tl::expected<std::vector<Tensor>, GrpcReply> read_inputs(const kserve::ModelInferRequest& request) {
    std::vector<Tensor> tensors;
    for (int i = 0; i < request.inputs_size(); ++i) {
        const InputTensor& input = request.inputs(i);
        if (request.raw_input_contents().empty()) {
            auto bytes = pack(input, request.model_name());
            if (!bytes) {
                return tl::unexpected(bytes.error());
            }
            tensors.push_back({spec_of(input), *std::move(bytes)});
        } else if (input.has_contents()) {
            return tl::unexpected(invalid(
                "contents field must not be specified when using raw_input_contents for '" +
                input.name() + "' for model '" + request.model_name() + "'"
            ));
        } else {
            const bool is_there = i < request.raw_input_contents_size();
            tensors.push_back({spec_of(input), is_there ? request.raw_input_contents(i) : ""});
        }
    }
    return tensors;
}

tl::expected<kserve::ModelInferResponse, GrpcReply> write_outputs(
    const kserve::ModelInferRequest& request, std::vector<Tensor> outputs
) {
    for (const auto& requested : request.outputs()) {
        const bool is_known = std::ranges::any_of(outputs, [&](const Tensor& output) {
            return output.spec.name == requested.name();
        });
        if (!is_known) {
            return tl::unexpected(invalid(
                "unexpected inference output '" + requested.name() + "' for model '" +
                request.model_name() + "'"
            ));
        }
    }
    kserve::ModelInferResponse response;
    response.set_model_name(request.model_name());
    response.set_model_version("1");
    response.set_id(request.id());
    for (Tensor& output : outputs) {
        if (asks_for(request, output.spec.name)) {
            auto& tensor = *response.add_outputs();
            tensor.set_name(output.spec.name);
            tensor.set_datatype(output.spec.datatype);
            tensor.mutable_shape()->Assign(output.spec.shape.begin(), output.spec.shape.end());
            response.add_raw_output_contents(std::move(output.bytes));
        }
    }
    return response;
}

kserve::ModelMetadataResponse metadata_of(const TensorSignature& signature) {
    kserve::ModelMetadataResponse metadata;
    metadata.set_name(signature.name);
    metadata.add_versions("1");
    metadata.set_platform("engine-sim");
    for (const TensorSpec& tensor : signature.inputs) {
        describe(tensor, *metadata.add_inputs());
    }
    for (const TensorSpec& tensor : signature.outputs) {
        describe(tensor, *metadata.add_outputs());
    }
    return metadata;
}

kserve::ModelConfig config_of(const TensorSignature& signature) {
    kserve::ModelConfig config;
    config.set_name(signature.name);
    config.set_backend("engine-sim");
    config.set_max_batch_size(signature.max_batch);
    config.mutable_model_transaction_policy()->set_decoupled(signature.behaviour == "repeat");
    for (const TensorSpec& tensor : signature.inputs) {
        config.add_input()->set_name(tensor.name);
    }
    return config;
}

}  // namespace engine_sim
