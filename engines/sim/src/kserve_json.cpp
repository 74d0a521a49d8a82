#include "kserve_json.hpp"

#include "tensor.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace engine_sim {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Thrown by the readers below, caught at their boundary.
struct Refused {
    GrpcReply reply;
};

[[noreturn]] void refuse(std::string message) {
    throw Refused{{.code = grpc::StatusCode::INVALID_ARGUMENT, .message = std::move(message)}};
}

template <class Number>
void append(const json& value, std::string& bytes) {
    const auto number = value.get<Number>();  // throws if it is something else
    char raw[sizeof(Number)];
    std::memcpy(raw, &number, sizeof(Number));
    bytes.append(raw, sizeof(Number));
}

template <class Number>
ordered_json elements(const std::string& bytes) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i + sizeof(Number) <= bytes.size(); i += sizeof(Number)) {
        Number number{};
        std::memcpy(&number, bytes.data() + i, sizeof(Number));
        list.push_back(number);
    }
    return list;
}

void append_string(const json& value, std::string& bytes) {
    const auto& text = value.get_ref<const std::string&>();
    append<std::uint32_t>(text.size(), bytes);
    bytes += text;
}

ordered_json strings(const std::string& bytes) {
    ordered_json list = ordered_json::array();
    std::string_view rest = bytes;
    std::uint32_t size = 0;
    while (rest.size() >= sizeof(size)) {
        std::memcpy(&size, rest.data(), sizeof(size));
        rest.remove_prefix(sizeof(size));
        list.push_back(std::string(rest.substr(0, size)));
        rest.remove_prefix(std::min<std::size_t>(size, rest.size()));
    }
    return list;
}

struct JsonDatatype {
    std::string_view name;
    void (*append)(const json&, std::string&);
    ordered_json (*list)(const std::string&);
};

template <class Number>
constexpr JsonDatatype number(std::string_view name) {
    return {name, &append<Number>, &elements<Number>};
}

constexpr std::array kJsonDatatypes = {
    number<bool>("BOOL"),
    number<std::uint8_t>("UINT8"),
    number<std::uint16_t>("UINT16"),
    number<std::uint32_t>("UINT32"),
    number<std::uint64_t>("UINT64"),
    number<std::int8_t>("INT8"),
    number<std::int16_t>("INT16"),
    number<std::int32_t>("INT32"),
    number<std::int64_t>("INT64"),
    number<float>("FP32"),
    number<double>("FP64"),
    JsonDatatype{"BYTES", &append_string, &strings},
};

const JsonDatatype* find_datatype(std::string_view name) {
    const auto* const found = std::ranges::find(kJsonDatatypes, name, &JsonDatatype::name);
    return found == kJsonDatatypes.end() ? nullptr : found;
}

void append_all(const json& data, const JsonDatatype& datatype, std::string& bytes) {
    if (!data.is_array()) {
        datatype.append(data, bytes);
        return;
    }
    for (const json& item : data) {
        append_all(item, datatype, bytes);
    }
}

/// A member that must be there.
const json& member(const json& object, const char* name, const std::string& where) {
    if (!object.is_object() || !object.contains(name)) {
        refuse(
            "Unable to parse " + where + ": attempt to access non-existing object member '" + name +
            "'"
        );
    }
    return object[name];
}

void read_input(const json& input, kserve::ModelInferRequest& request) {
    auto& tensor = *request.add_inputs();
    tensor.set_name(member(input, "name", "'inputs'").get<std::string>());
    tensor.set_datatype(member(input, "datatype", "'inputs'").get<std::string>());
    for (const json& size : member(input, "shape", "'inputs'")) {
        tensor.add_shape(size.get<std::int64_t>());
    }
    const JsonDatatype* const datatype = find_datatype(tensor.datatype());
    if (datatype == nullptr && element_size(tensor.datatype())) {
        refuse(
            "sending " + tensor.datatype() +
            " data via JSON is not supported. Please use the binary data format for input " +
            tensor.name()
        );
    }
    if (datatype == nullptr) {
        refuse("inference input '" + tensor.name() + "' has an invalid data-type");
    }
    append_all(member(input, "data", "'inputs'"), *datatype, *request.add_raw_input_contents());
}

void read_parameter(const json& value, kserve::InferParameter& parameter) {
    if (value.is_boolean()) {
        parameter.set_bool_param(value.get<bool>());
    } else if (value.is_number_unsigned()) {
        parameter.set_uint64_param(value.get<std::uint64_t>());
    } else if (value.is_number_integer()) {
        parameter.set_int64_param(value.get<std::int64_t>());
    } else if (value.is_string()) {
        parameter.set_string_param(value.get<std::string>());
    } else if (value.is_number()) {
        parameter.set_double_param(value.get<double>());
    }
}

void read_body(const json& body, kserve::ModelInferRequest& request) {
    if (body.contains("id")) {
        request.set_id(body["id"].get<std::string>());
    }
    const json parameters = body.value("parameters", json::object());
    for (const auto& [name, value] : parameters.items()) {
        read_parameter(value, (*request.mutable_parameters())[name]);
    }
    for (const json& input : member(body, "inputs", "'inputs'")) {
        read_input(input, request);
    }
    for (const json& output : body.value("outputs", json::array())) {
        request.add_outputs()->set_name(member(output, "name", "'outputs'").get<std::string>());
    }
}

ordered_json described(const TensorSpec& tensor) {
    return {{"name", tensor.name}, {"datatype", tensor.datatype}, {"shape", tensor.shape}};
}

/// Without the batch, which Triton's configuration leaves out.
ordered_json configured(const TensorSpec& tensor, bool is_batched) {
    const std::string type = tensor.datatype == "BYTES" ? std::string("STRING") : tensor.datatype;
    const std::vector<std::int64_t> dims(
        tensor.shape.begin() + (is_batched ? 1 : 0), tensor.shape.end()
    );
    return {{"name", tensor.name}, {"data_type", "TYPE_" + type}, {"dims", dims}};
}

}  // namespace

tl::expected<kserve::ModelInferRequest, GrpcReply> read_json_request(
    std::string_view body, const std::string& model, const std::string& version
) {
    kserve::ModelInferRequest request;
    request.set_model_name(model);
    request.set_model_version(version);
    try {
        read_body(json::parse(body), request);
        return request;
    } catch (const json::parse_error& error) {
        // A client's mistake, and yet Triton calls it its own.
        return tl::unexpected(GrpcReply{
            .code = grpc::StatusCode::INTERNAL,
            .message = "failed to parse the request JSON buffer: Invalid value. at " +
                       std::to_string(error.byte == 0 ? 0 : error.byte - 1),
        });
    } catch (const json::exception&) {
        return tl::unexpected(GrpcReply{
            .code = grpc::StatusCode::INVALID_ARGUMENT,
            .message = "Unable to parse 'data': attempt to access JSON non-number as number",
        });
    } catch (Refused& refused) {
        return tl::unexpected(std::move(refused.reply));
    }
}

ordered_json json_of(const kserve::ModelInferResponse& response) {
    ordered_json body;
    if (!response.id().empty()) {
        body["id"] = response.id();
    }
    body["model_name"] = response.model_name();
    body["model_version"] = response.model_version();
    body["outputs"] = ordered_json::array();
    for (int i = 0; i < response.outputs_size(); ++i) {
        const auto& output = response.outputs(i);
        ordered_json tensor = described(
            {output.name(), output.datatype(), {output.shape().begin(), output.shape().end()}}
        );
        if (const JsonDatatype* const datatype = find_datatype(output.datatype())) {
            tensor["data"] = datatype->list(response.raw_output_contents(i));
        }
        body["outputs"].push_back(std::move(tensor));
    }
    return body;
}

ordered_json metadata_json(const TensorSignature& signature) {
    ordered_json body = {
        {"name", signature.name},
        {"versions", {"1"}},
        {"platform", "engine-sim"},
        {"inputs", ordered_json::array()},
        {"outputs", ordered_json::array()},
    };
    for (const TensorSpec& tensor : signature.inputs) {
        body["inputs"].push_back(described(tensor));
    }
    for (const TensorSpec& tensor : signature.outputs) {
        body["outputs"].push_back(described(tensor));
    }
    return body;
}

ordered_json config_json(const TensorSignature& signature) {
    ordered_json body = {
        {"name", signature.name},
        {"platform", ""},
        {"backend", "engine-sim"},
        {"max_batch_size", signature.max_batch},
        {"input", ordered_json::array()},
        {"output", ordered_json::array()},
        {"model_transaction_policy", {{"decoupled", signature.behaviour == "repeat"}}},
    };
    for (const TensorSpec& tensor : signature.inputs) {
        body["input"].push_back(configured(tensor, signature.max_batch > 0));
    }
    for (const TensorSpec& tensor : signature.outputs) {
        body["output"].push_back(configured(tensor, signature.max_batch > 0));
    }
    return body;
}

}  // namespace engine_sim
