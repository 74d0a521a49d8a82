#include "contracts/describe.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/result.hpp"
#include "contracts/tensor.hpp"
#include "registry/model.hpp"
#include "stages/engine_request.hpp"
#include "stages/tensor_data.hpp"

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using Json = nlohmann::json;
using Complaint = std::optional<std::string>;

/// The field of an object, or null where it has none. A copy: nothing that is looked up so is large.
Json small_field(const Json& object, const char* key) {
    return object.value(key, Json());
}

Complaint check_name(const std::string& field, const Json& tensor) {
    if (!tensor.is_object()) {
        return "field '" + field + "' is " + describe(tensor) + "; it takes an object";
    }
    const Json name = small_field(tensor, "name");
    if (!name.is_string() || name.get_ref<const std::string&>().empty()) {
        return "field '" + field + ".name' is " + (name.is_string() ? "empty" : describe(name)) +
               "; it takes the name of a tensor of the model";
    }
    return std::nullopt;
}

Complaint read_shape(const Json& tensor, std::vector<std::int64_t>& shape) {
    const Json dimensions = small_field(tensor, "shape");
    if (!dimensions.is_array()) {
        return "shape is " + describe(dimensions) + "; it takes a list of sizes, such as [1,64]";
    }
    for (const Json& dimension : dimensions) {
        const bool fits = dimension.is_number_unsigned()
                              ? dimension.get<std::uint64_t>() <= INT64_MAX
                              : dimension.is_number_integer() && dimension >= 0;
        if (!fits) {
            return "shape has " + describe(dimension) +
                   " in it; it takes sizes from 0 up, for a request is of one size";
        }
        shape.push_back(dimension.get<std::int64_t>());
    }
    return std::nullopt;
}

Complaint read_type(const Json& tensor, DataType& type) {
    const Json name = small_field(tensor, "datatype");
    const auto known =
        name.is_string() ? data_type_from(name.get_ref<const std::string&>()) : std::nullopt;
    if (!known) {
        return "datatype " +
               (name.is_string() ? shown(name.get_ref<const std::string&>())
                                 : "is " + describe(name)) +
               (name.is_string() ? " is not one of " : "; it takes one of ") + data_type_names();
    }
    type = *known;
    return std::nullopt;
}

/// Checks one tensor, flattens its data and leaves only what the protocol knows.
Complaint normalise(Json& tensor) {
    std::vector<std::int64_t> shape;
    DataType type = DataType::kBool;
    Json data = std::move(tensor["data"]);
    auto complaint = read_shape(tensor, shape);
    complaint = complaint ? complaint : read_type(tensor, type);
    complaint = complaint ? complaint : flatten(data, shape);
    complaint = complaint ? complaint : check_elements(data, type);
    tensor = {
        {"name", std::move(tensor["name"])},
        {"shape", std::move(shape)},
        {"datatype", to_string(type)},
        {"data", std::move(data)},
    };
    return complaint
               ? "tensor " + shown(tensor["name"].get_ref<const std::string&>()) + ": " + *complaint
               : complaint;
}

Complaint check_names(const std::string& field, const Json& tensors) {
    if (!tensors.is_array() || tensors.empty()) {
        return "field '" + field + "' is " + describe(tensors) +
               "; it takes a list of at least one tensor";
    }
    std::set<std::string> names;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (auto complaint = check_name(field + "[" + std::to_string(i) + "]", tensors[i])) {
            return complaint;
        }
        const auto& name = tensors[i]["name"].get_ref<const std::string&>();
        if (!names.insert(name).second) {
            return "tensor " + shown(name) + " is in '" + field + "' twice; give it once";
        }
    }
    return std::nullopt;
}

Complaint move_tensors(Json& input, Json& body) {
    Json& tensors = input["inputs"];
    auto complaint = check_names("input.inputs", tensors);
    for (std::size_t i = 0; !complaint && i < tensors.size(); ++i) {
        complaint = normalise(tensors[i]);
    }
    body["inputs"] = std::move(tensors);
    return complaint;
}

Complaint move_wanted_outputs(Json& input, Json& body) {
    const Json outputs = input.value("outputs", Json());
    if (outputs.is_null()) {
        return std::nullopt;
    }
    auto complaint = check_names("input.outputs", outputs);
    for (std::size_t i = 0; !complaint && i < outputs.size(); ++i) {
        body["outputs"].push_back({{"name", outputs[i]["name"]}});
    }
    return complaint;
}

Complaint move_parameters(const Model& model, const Json& parameters, Json& body) {
    Json merged = model.defaults;
    merged.update(parameters);
    for (const auto& entry : merged.items()) {
        if (!entry.value().is_primitive() || entry.value().is_null()) {
            return "parameter " + shown(entry.key()) + " is " + describe(entry.value()) +
                   "; parameters of a tensor request take a string, a number, true or false";
        }
    }
    if (!merged.empty()) {
        body["parameters"] = std::move(merged);
    }
    return std::nullopt;
}

}  // namespace

Result<EngineRequest> kserve_request(const Model& model, Json input, const Json& parameters) {
    EngineRequest request;
    request.shape = {.task = Task::kTensors, .answers = 0, .is_list = true};
    Complaint complaint = move_tensors(input, request.body);
    complaint = complaint ? complaint : move_wanted_outputs(input, request.body);
    complaint = complaint ? complaint : move_parameters(model, parameters, request.body);
    if (complaint) {
        return tl::unexpected(fatal(ErrorCode::kValidation, *complaint));
    }
    return request;
}

}  // namespace inference
