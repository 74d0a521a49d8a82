#include "adapters/kserve/json_tensors.hpp"

#include "adapters/classify/error_body.hpp"
#include "adapters/kserve/infer_answer.hpp"
#include "adapters/kserve/infer_parameters.hpp"
#include "adapters/kserve/tensor_codec.hpp"
#include "contracts/tensor.hpp"

#include <algorithm>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

Error unsupported(std::string_view model_name, const std::string& problem) {
    return fatal(
        ErrorCode::kUnsupported,
        "model '" + std::string(model_name) + "': " + problem +
            "; give host:port of the engine's gRPC port as the endpoint"
    );
}

// ---- Requests ----

bool is_small_float(std::string_view datatype) {
    return datatype == to_string(DataType::kFp16) || datatype == to_string(DataType::kBf16);
}

/// The first tensor of 16-bit floats that the call would send or get; empty: none.
std::string small_float_in(
    const kserve::ModelInferRequest& request, const ModelDescription& model
) {
    for (const auto& input : request.inputs()) {
        if (is_small_float(input.datatype())) {
            return input.name();
        }
    }
    for (const TensorDescription& output : model.outputs) {
        const bool is_wanted =
            request.outputs().empty() ||
            std::ranges::any_of(request.outputs(), [&output](const auto& wanted) {
                return wanted.name() == output.name;
            });
        if (is_wanted && is_small_float(output.datatype)) {
            return output.name;
        }
    }
    return {};
}

/// Whether an element is in a form of ours (see contracts/tensor.hpp) because JSON has none for it.
bool is_beyond_json(DataType type, const json& element) {
    return type == DataType::kBytes ? element.is_object() : element.is_string();
}

Result<json> input_json(
    const kserve::ModelInferRequest& request, int index, std::string_view model_name
) {
    const auto& tensor = request.inputs(index);
    const DataType type = data_type_from(tensor.datatype()).value();
    const std::vector<std::int64_t> shape(tensor.shape().begin(), tensor.shape().end());
    json data =
        decode_elements(type, element_count(shape).value(), request.raw_input_contents(index))
            .value();
    const auto beyond = std::ranges::find_if(data, [type](const json& element) {
        return is_beyond_json(type, element);
    });
    if (beyond != data.end()) {
        return tl::unexpected(unsupported(
            model_name,
            "tensor '" + tensor.name() + "' has at index " + std::to_string(beyond - data.begin()) +
                (type == DataType::kBytes ? " bytes that are no text"
                                          : " a number that is not finite") +
                ", for which the engine's JSON has no form"
        ));
    }
    json input{
        {"name", tensor.name()},
        {"shape", shape},
        {"datatype", tensor.datatype()},
        {"data", std::move(data)}
    };
    add_parameters(input, tensor.parameters());
    return input;
}

// ---- Answers ----

bool is_json_type(std::string_view content_type) {
    return content_type.empty() ||
           content_type.substr(0, content_type.find(';')).find("json") != std::string_view::npos;
}

std::optional<Signal> fault_of_body(const HttpAnswer& answer, const json& body) {
    if (!is_json_type(answer.header("content-type"))) {
        return DefectSignal{Defect::kContentType};
    }
    if (body.is_discarded()) {
        return DefectSignal{Defect::kMalformed};
    }
    if (body.is_null()) {
        return DefectSignal{Defect::kNull};
    }
    if (is_error_object(body)) {
        return InBandSignal{answer.body};
    }
    return std::nullopt;
}

Signal wrong_size(const std::string& detail) {
    return DefectSignal{Defect::kWrongSize, detail};
}

std::optional<std::vector<std::int64_t>> read_shape(const json& output) {
    const auto shape = output.find("shape");
    const bool is_shape =
        shape != output.end() && shape->is_array() &&
        std::ranges::all_of(*shape, [](const json& length) { return length.is_number_integer(); });
    return is_shape ? std::optional(shape->get<std::vector<std::int64_t>>()) : std::nullopt;
}

/// Makes an output's data flat, in the forms that gRPC answers have, or says what is wrong with it.
std::optional<Signal> normalise(json& output) {
    const std::string subject = "output '" + output["name"].get<std::string>() + "' ";
    const auto datatype = output.find("datatype");
    const auto type = datatype != output.end() && datatype->is_string()
                          ? data_type_from(datatype->get_ref<const std::string&>())
                          : std::nullopt;
    if (!type) {
        return wrong_size(subject + "has a datatype that KServe v2 does not know");
    }
    const auto shape = read_shape(output);
    const auto count = shape ? element_count(*shape) : std::nullopt;
    if (!count) {
        return wrong_size(subject + "has no valid shape");
    }
    const auto raw = encode_elements(*type, *count, output["data"]);
    if (!raw) {
        return wrong_size(subject + raw.error());
    }
    output["data"] = decode_elements(*type, *count, *raw).value();
    return std::nullopt;
}

bool has_name(const json& output) {
    const auto name = output.is_object() ? output.find("name") : output.end();
    return name != output.end() && name->is_string();
}

std::optional<Signal> check_outputs(json& body, const std::vector<std::string>& wanted_outputs) {
    const auto outputs = body.is_object() ? body.find("outputs") : body.end();
    if (outputs == body.end() || !outputs->is_array() || outputs->empty()) {
        return DefectSignal{Defect::kIncomplete, "any output"};
    }
    for (json& output : *outputs) {
        if (!has_name(output)) {
            return DefectSignal{Defect::kIncomplete, "the name of an output"};
        }
        if (auto fault = normalise(output)) {
            return fault;
        }
    }
    for (const std::string& name : wanted_outputs) {
        if (std::ranges::none_of(*outputs, [&name](const json& output) {
                return output["name"] == name;
            })) {
            return missing_output(name);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Error> http_obstacle(
    const kserve::ModelInferRequest& request,
    const ModelDescription& model,
    std::string_view model_name
) {
    if (model.is_decoupled) {
        return unsupported(
            model_name, "it streams its answers (decoupled), which HTTP cannot carry"
        );
    }
    if (const std::string tensor = small_float_in(request, model); !tensor.empty()) {
        return unsupported(
            model_name,
            "tensor '" + tensor + "' has 16-bit floats, for which the engine's JSON has no form"
        );
    }
    return std::nullopt;
}

Result<std::string> write_json_request(
    const kserve::ModelInferRequest& request, std::string_view model_name, std::string_view id
) {
    json body{{"id", id}, {"inputs", json::array()}};
    for (int index = 0; index < request.inputs_size(); ++index) {
        auto input = input_json(request, index, model_name);
        if (!input) {
            return tl::unexpected(std::move(input.error()));
        }
        body["inputs"].push_back(*std::move(input));
    }
    for (const auto& output : request.outputs()) {
        body["outputs"].push_back({{"name", output.name()}});
    }
    add_parameters(body, request.parameters());
    return body.dump();
}

std::variant<json, Signal> read_json_answer(
    HttpAnswer answer,
    const std::vector<std::string>& wanted_outputs,
    std::chrono::system_clock::time_point now
) {
    if (answer.status != 200) {
        const auto wait = retry_after(answer, now);
        return Signal{HttpStatusSignal{answer.status, std::move(answer.body), wait}};
    }
    json body = json::parse(answer.body, nullptr, false);
    if (auto fault = fault_of_body(answer, body)) {
        return *std::move(fault);
    }
    if (auto fault = check_outputs(body, wanted_outputs)) {
        return *std::move(fault);
    }
    return body;
}

}  // namespace inference
