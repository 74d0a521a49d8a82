#include "adapters/kserve/infer_request.hpp"

#include "adapters/kserve/tensor_codec.hpp"
#include "contracts/tensor.hpp"

#include <string>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

/// Why a request cannot be sent, or nothing.
using Problem = std::optional<Error>;

Error invalid(std::string message) {
    return {
        .error_class = ErrorClass::kFatal,
        .code = ErrorCode::kValidation,
        .message = std::move(message)
    };
}

std::string in_quotes(std::string_view name) {
    return "'" + std::string(name) + "'";
}

template <class List>
std::string names_of(const List& tensors) {
    std::string names;
    for (const TensorDescription& tensor : tensors) {
        names += (names.empty() ? "" : ", ") + tensor.name;
    }
    return names;
}

// ---- One tensor, as the request gives it ----

struct GivenTensor {
    std::string name;
    DataType type = DataType::kBool;
    std::vector<std::int64_t> shape;
    const json* data = nullptr;
};

const json* member(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::vector<std::int64_t>> read_shape(const json* shape) {
    if (shape == nullptr || !shape->is_array()) {
        return std::nullopt;
    }
    std::vector<std::int64_t> result;
    for (const json& dimension : *shape) {
        // What does not fit reads as negative.
        const auto length = dimension.is_number_integer() ? dimension.get<std::int64_t>() : -1;
        if (length < 0) {
            return std::nullopt;
        }
        result.push_back(length);
    }
    return result;
}

/// Builds the wire form of one request and stops at the first thing that is wrong.
class RequestEncoder {
public:
    RequestEncoder(const ModelDescription& model, std::string_view model_name)
        : model_(model), model_name_(model_name) {}

    Result<kserve::ModelInferRequest> encode(const json& body) && {
        Problem problem = add_inputs(body);
        problem = problem ? problem : check_all_inputs_given();
        problem = problem ? problem : add_outputs(body);
        problem = problem
                      ? problem
                      : add_parameters(member(body, "parameters"), *request_.mutable_parameters());
        if (problem) {
            return tl::unexpected(*std::move(problem));
        }
        return std::move(request_);
    }

private:
    using Parameters = google::protobuf::Map<std::string, kserve::InferParameter>;

    Problem add_inputs(const json& body) {
        const json* inputs = body.is_object() ? member(body, "inputs") : nullptr;
        if (inputs == nullptr || !inputs->is_array() || inputs->empty()) {
            return about_request(
                "has no `inputs`; send a list of tensors with name, shape, datatype and data"
            );
        }
        for (const json& input : *inputs) {
            if (Problem problem = add_input(input)) {
                return problem;
            }
        }
        return std::nullopt;
    }

    Problem add_input(const json& input) {
        auto given = read_tensor(input);
        if (!given) {
            return given.error();
        }
        if (Problem problem = check(*given)) {
            return problem;
        }
        // Sizes multiply to what memory could never hold only in a shape that no data can match.
        const auto count = element_count(given->shape);
        if (!count) {
            return about(*given, "has shape " + shape_text(given->shape) + ", which is too large");
        }
        auto raw = encode_elements(given->type, *count, *given->data);
        if (!raw) {
            return about(
                *given,
                raw.error() + "; send " + std::to_string(*count) + " elements of " +
                    std::string(to_string(given->type)) + " for shape " + shape_text(given->shape)
            );
        }
        auto& tensor = *request_.add_inputs();
        tensor.set_name(given->name);
        tensor.set_datatype(std::string(to_string(given->type)));
        tensor.mutable_shape()->Add(given->shape.begin(), given->shape.end());
        request_.add_raw_input_contents(*std::move(raw));
        return add_parameters(member(input, "parameters"), *tensor.mutable_parameters());
    }

    Result<GivenTensor> read_tensor(const json& input) const {
        const json* name = input.is_object() ? member(input, "name") : nullptr;
        if (name == nullptr || !name->is_string()) {
            return tl::unexpected(about_request("has an input without a name"));
        }
        GivenTensor given;
        given.name = name->get<std::string>();
        const json* type = member(input, "datatype");
        const auto known = type != nullptr && type->is_string()
                               ? data_type_from(type->get<std::string>())
                               : std::nullopt;
        if (!known) {
            return tl::unexpected(about(
                given, "has no datatype of KServe v2; send one of BOOL, INT8 ... FP64, BF16, BYTES"
            ));
        }
        auto shape = read_shape(member(input, "shape"));
        if (!shape) {
            return tl::unexpected(about(given, "has no shape; send a list of lengths"));
        }
        given.type = *known;
        given.shape = *std::move(shape);
        given.data = member(input, "data");
        if (given.data == nullptr) {
            return tl::unexpected(about(given, "has no data; send its elements as a list"));
        }
        return given;
    }

    Problem check(const GivenTensor& given) const {
        if (model_.inputs.empty()) {
            return std::nullopt;
        }
        const TensorDescription* expected = find_tensor(model_.inputs, given.name);
        if (expected == nullptr) {
            return about(given, "is no input of the model; it takes " + names_of(model_.inputs));
        }
        if (to_string(given.type) != expected->datatype) {
            return about(
                given,
                "is " + std::string(to_string(given.type)) + ", the model expects " +
                    expected->datatype + "; send it as " + expected->datatype
            );
        }
        if (!fits(given.shape, expected->shape)) {
            return about(
                given,
                "has shape " + shape_text(given.shape) + ", the model expects " +
                    shape_text(expected->shape) + "; send that shape, where -1 is any length"
            );
        }
        return check_batch(given);
    }

    Problem check_batch(const GivenTensor& given) const {
        const bool is_batched = model_.max_batch_size > 0 && !given.shape.empty();
        if (is_batched && given.shape.front() == 0) {
            return about(
                given,
                "has a batch of 0; send 1 to " + std::to_string(model_.max_batch_size) + " at once"
            );
        }
        if (!is_batched || given.shape.front() <= model_.max_batch_size) {
            return std::nullopt;
        }
        const std::string limit = std::to_string(model_.max_batch_size);
        Error error = about(
            given,
            "has a batch of " + std::to_string(given.shape.front()) + ", the model takes at most " +
                limit + "; send at most " + limit + " at once"
        );
        error.error_class = ErrorClass::kOutOfMemory;
        error.code = ErrorCode::kEngineOom;
        error.batch_limit = model_.max_batch_size;
        return error;
    }

    Problem check_all_inputs_given() const {
        for (const TensorDescription& expected : model_.inputs) {
            bool is_given = expected.optional;
            for (const auto& input : request_.inputs()) {
                is_given = is_given || input.name() == expected.name;
            }
            if (!is_given) {
                return about_request(
                    "lacks tensor " + in_quotes(expected.name) + ", which the model expects as " +
                    expected.datatype + " of shape " + shape_text(expected.shape) + "; send it too"
                );
            }
        }
        return std::nullopt;
    }

    Problem add_outputs(const json& body) {
        const json* outputs = member(body, "outputs");
        if (outputs == nullptr) {
            return std::nullopt;
        }
        if (!outputs->is_array()) {
            return about_request("has `outputs` that are no list; send a list of {\"name\": ...}");
        }
        for (const json& output : *outputs) {
            const json* name = output.is_object() ? member(output, "name") : nullptr;
            if (name == nullptr || !name->is_string()) {
                return about_request("asks for an output without a name");
            }
            const auto& wanted = name->get_ref<const std::string&>();
            if (!model_.outputs.empty() && find_tensor(model_.outputs, wanted) == nullptr) {
                return about_request(
                    "asks for output " + in_quotes(wanted) + "; the model gives " +
                    names_of(model_.outputs)
                );
            }
            request_.add_outputs()->set_name(wanted);
        }
        return std::nullopt;
    }

    Problem add_parameters(const json* parameters, Parameters& target) const {
        if (parameters == nullptr) {
            return std::nullopt;
        }
        if (!parameters->is_object()) {
            return about_request("has `parameters` that are no object");
        }
        for (const auto& [name, value] : parameters->items()) {
            if (!set_parameter(name, value, target[name])) {
                return about_request(
                    "has parameter " + in_quotes(name) + " as " + std::string(value.type_name()) +
                    "; send true, false, a number or a string"
                );
            }
        }
        return std::nullopt;
    }

    static bool set_parameter(
        std::string_view name, const json& value, kserve::InferParameter& parameter
    ) {
        if (value.is_boolean()) {
            parameter.set_bool_param(value.get<bool>());
        } else if (is_unsigned(name, value)) {
            parameter.set_uint64_param(value.get<std::uint64_t>());
        } else if (value.is_number_integer()) {
            parameter.set_int64_param(value.get<std::int64_t>());
        } else if (value.is_number_float()) {
            parameter.set_double_param(value.get<double>());
        } else if (value.is_string()) {
            parameter.set_string_param(value.get<std::string>());
        } else {
            return false;
        }
        return true;
    }

    // `priority` is the one that Triton takes as uint64 only; others are only where int64 would change them.
    static bool is_unsigned(std::string_view name, const json& value) {
        const bool is_negative =
            !value.is_number_unsigned() && value.is_number_integer() && value < 0;
        if (!value.is_number_integer() || is_negative) {
            return false;
        }
        return name == "priority" || !std::in_range<std::int64_t>(value.get<std::uint64_t>());
    }

    Error about_request(std::string_view problem) const {
        return invalid("model " + in_quotes(model_name_) + ": the request " + std::string(problem));
    }

    Error about(const GivenTensor& tensor, std::string_view problem) const {
        return invalid(
            "model " + in_quotes(model_name_) + ": tensor " + in_quotes(tensor.name) + " " +
            std::string(problem)
        );
    }

    const ModelDescription& model_;
    std::string_view model_name_;
    kserve::ModelInferRequest request_;
};

}  // namespace

Result<kserve::ModelInferRequest> encode_request(
    const json& body, const ModelDescription& model, std::string_view model_name
) {
    return RequestEncoder(model, model_name).encode(body);
}

Error tensors_only(std::string_view model_name) {
    return fatal(
        ErrorCode::kUnsupported,
        "model " + in_quotes(model_name) + ": its engine takes tensors only; send `inputs`"
    );
}

}  // namespace inference
