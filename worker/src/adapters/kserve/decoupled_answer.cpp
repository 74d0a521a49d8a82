#include "adapters/kserve/decoupled_answer.hpp"

#include "adapters/kserve/infer_answer.hpp"
#include "contracts/tensor_rows.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

constexpr char kFinalResponse[] = "triton_final_response";

bool is_final(const kserve::ModelInferResponse& answer) {
    const auto flag = answer.parameters().find(kFinalResponse);
    return flag != answer.parameters().end() && flag->second.bool_param();
}

json::iterator find_output(json& outputs, const json& name) {
    return std::ranges::find_if(outputs, [&name](const json& output) {
        return output["name"] == name;
    });
}

// The protocol's own mark, which says nothing to whoever gets the whole.
void drop_final_flag(json& body) {
    const auto parameters = body.find("parameters");
    if (parameters == body.end()) {
        return;
    }
    parameters->erase(kFinalResponse);
    if (parameters->empty()) {
        body.erase(parameters);
    }
}

json without_outputs(const kserve::ModelInferResponse& answer) {
    return {
        {"model_name", answer.model_name()},
        {"model_version", answer.model_version()},
        {"id", answer.id()},
        {"outputs", json::array()}
    };
}

}  // namespace

const char* const kAskForFinalResponse = "triton_enable_empty_final_response";

DecoupledAnswer::DecoupledAnswer(std::vector<std::string> wanted_outputs)
    : wanted_outputs_(std::move(wanted_outputs)) {}

std::optional<DecoupledAnswer::Decision> DecoupledAnswer::add(
    const kserve::ModelStreamInferResponse& response
) {
    if (!response.error_message().empty()) {
        return Signal{InBandSignal{response.error_message()}};
    }
    const kserve::ModelInferResponse& answer = response.infer_response();
    if (auto fault = add_outputs(answer)) {
        return *std::move(fault);
    }
    if (!is_final(answer)) {
        return std::nullopt;
    }
    if (!has_begun_) {
        return without_outputs(answer);
    }
    return std::move(*this).whole();
}

std::optional<Signal> DecoupledAnswer::add_outputs(const kserve::ModelInferResponse& answer) {
    if (answer.outputs().empty()) {
        return std::nullopt;
    }
    auto decoded = decode_answer(answer, {});
    if (auto* fault = std::get_if<Signal>(&decoded)) {
        return std::move(*fault);
    }
    return join(std::get<json>(std::move(decoded)));
}

std::optional<Signal> DecoupledAnswer::join(json next) {
    if (!std::exchange(has_begun_, true)) {
        body_ = std::move(next);
        return std::nullopt;
    }
    json& outputs = body_["outputs"];
    for (json& output : next["outputs"]) {
        const auto same = find_output(outputs, output["name"]);
        if (same == outputs.end()) {
            outputs.push_back(std::move(output));
            continue;
        }
        const auto name = output["name"].get<std::string>();
        if (const std::string problem = append_rows(*same, std::move(output)); !problem.empty()) {
            return DefectSignal{Defect::kWrongSize, "output '" + name + "' " + problem};
        }
    }
    if (next.contains("parameters")) {
        body_["parameters"].update(next["parameters"]);
    }
    return std::nullopt;
}

DecoupledAnswer::Decision DecoupledAnswer::whole() && {
    for (const std::string& name : wanted_outputs_) {
        if (find_output(body_["outputs"], name) == body_["outputs"].end()) {
            return missing_output(name);
        }
    }
    drop_final_flag(body_);
    return std::move(body_);
}

}  // namespace inference
