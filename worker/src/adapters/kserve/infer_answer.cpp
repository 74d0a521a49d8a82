#include "adapters/kserve/infer_answer.hpp"

#include "adapters/kserve/infer_parameters.hpp"
#include "adapters/kserve/tensor_codec.hpp"
#include "contracts/tensor.hpp"

#include <algorithm>
#include <string>

namespace inference {
namespace {

using nlohmann::json;
using OutputTensor = kserve::ModelInferResponse::InferOutputTensor;

Signal wrong_size(const std::string& detail) {
    return DefectSignal{Defect::kWrongSize, detail};
}

template <class Field, class Show>
json list_of(const Field& field, Show show) {
    json::array_t elements;
    elements.reserve(static_cast<std::size_t>(field.size()));
    for (const auto& element : field) {
        elements.push_back(show(element));
    }
    return elements;
}

// The typed fields, which servers other than Triton answer with.
json elements_of(DataType type, const kserve::InferTensorContents& contents) {
    const auto as_it_is = [](auto element) { return json(element); };
    switch (type) {
        case DataType::kBool: return list_of(contents.bool_contents(), as_it_is);
        case DataType::kInt8:
        case DataType::kInt16:
        case DataType::kInt32: return list_of(contents.int_contents(), as_it_is);
        case DataType::kInt64: return list_of(contents.int64_contents(), as_it_is);
        case DataType::kUint8:
        case DataType::kUint16:
        case DataType::kUint32: return list_of(contents.uint_contents(), as_it_is);
        case DataType::kUint64: return list_of(contents.uint64_contents(), as_it_is);
        case DataType::kFp32: return list_of(contents.fp32_contents(), float_element);
        case DataType::kFp64: return list_of(contents.fp64_contents(), float_element);
        case DataType::kBytes: return list_of(contents.bytes_contents(), bytes_element);
        case DataType::kFp16:
        case DataType::kBf16: break;  // these have no typed field
    }
    return json::array();
}

tl::expected<json, TensorProblem> read_elements(
    DataType type, std::size_t count, const kserve::ModelInferResponse& answer, int index
) {
    if (index < answer.raw_output_contents_size()) {
        return decode_elements(type, count, answer.raw_output_contents(index));
    }
    json elements = elements_of(type, answer.outputs(index).contents());
    if (elements.size() != count) {
        return tl::unexpected(
            "has " + std::to_string(elements.size()) + " elements, its shape holds " +
            std::to_string(count)
        );
    }
    return elements;
}

std::variant<json, Signal> decode_output(const kserve::ModelInferResponse& answer, int index) {
    const OutputTensor& output = answer.outputs(index);
    const std::string subject = "output '" + output.name() + "' ";
    const auto type = data_type_from(output.datatype());
    if (!type) {
        return wrong_size(subject + "has a datatype that KServe v2 does not know");
    }
    const std::vector<std::int64_t> shape(output.shape().begin(), output.shape().end());
    const auto count = element_count(shape);
    if (!count) {
        return wrong_size(subject + "has no valid shape");
    }
    auto data = read_elements(*type, *count, answer, index);
    if (!data) {
        return wrong_size(subject + data.error());
    }
    json decoded{
        {"name", output.name()},
        {"shape", shape},
        {"datatype", output.datatype()},
        {"data", *std::move(data)}
    };
    add_parameters(decoded, output.parameters());
    return decoded;
}

bool has_output(const kserve::ModelInferResponse& answer, const std::string& name) {
    return std::ranges::any_of(answer.outputs(), [&name](const OutputTensor& output) {
        return output.name() == name;
    });
}

}  // namespace

std::variant<json, Signal> decode_answer(
    const kserve::ModelInferResponse& answer, const std::vector<std::string>& wanted_outputs
) {
    if (answer.outputs().empty()) {
        return Signal{DefectSignal{Defect::kIncomplete, "any output"}};
    }
    json::array_t outputs;
    for (int index = 0; index < answer.outputs_size(); ++index) {
        auto output = decode_output(answer, index);
        if (const auto* fault = std::get_if<Signal>(&output)) {
            return *fault;
        }
        outputs.push_back(std::get<json>(std::move(output)));
    }
    for (const std::string& name : wanted_outputs) {
        if (!has_output(answer, name)) {
            return missing_output(name);
        }
    }
    json body{
        {"model_name", answer.model_name()},
        {"model_version", answer.model_version()},
        {"id", answer.id()},
        {"outputs", std::move(outputs)}
    };
    add_parameters(body, answer.parameters());
    return body;
}

Signal missing_output(const std::string& name) {
    return DefectSignal{Defect::kIncomplete, "output '" + name + "', which was asked for"};
}

}  // namespace inference
