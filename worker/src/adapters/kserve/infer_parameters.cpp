#include "adapters/kserve/infer_parameters.hpp"

#include "adapters/kserve/tensor_codec.hpp"

namespace inference {
namespace {

using nlohmann::json;

json shown(const kserve::InferParameter& parameter) {
    switch (parameter.parameter_choice_case()) {
        case kserve::InferParameter::kBoolParam: return parameter.bool_param();
        case kserve::InferParameter::kInt64Param: return parameter.int64_param();
        case kserve::InferParameter::kStringParam: return parameter.string_param();
        case kserve::InferParameter::kDoubleParam: return float_element(parameter.double_param());
        case kserve::InferParameter::kUint64Param: return parameter.uint64_param();
        case kserve::InferParameter::PARAMETER_CHOICE_NOT_SET: break;
    }
    return nullptr;
}

}  // namespace

void add_parameters(
    json& target, const google::protobuf::Map<std::string, kserve::InferParameter>& parameters
) {
    for (const auto& [name, parameter] : parameters) {
        target["parameters"][name] = shown(parameter);
    }
}

}  // namespace inference
