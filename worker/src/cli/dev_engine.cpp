#include "cli/dev_engine.hpp"

#include "cli/command_error.hpp"
#include "cli/find_program.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace inference::cli {
namespace {

constexpr char kProgram[] = "engine-sim";

ChildOptions child_options() {
    const auto program = find_beside(kProgram);
    if (!program) {
        throw CommandError(
            ExitCode::kBadConfiguration,
            "engine-sim is not beside this program; build it too, or name engines of your own with "
            "--config FILE"
        );
    }
    const std::string tensor_model =
        std::string(DevEngine::kTensorModel) +
        ": sum(a FP32[-1,4], b FP32[-1,4]) -> total FP32[-1,4] max_batch 8";
    return {
        .program = program->string(),
        .arguments = {"--model", DevEngine::kChatModel, "--tensor-model", tensor_model},
        .read_output = true
    };
}

}  // namespace

DevEngine::DevEngine() : process_(child_options()) {
    constexpr std::chrono::seconds kPatience{10};
    const auto line = process_.read_line(kPatience);
    const auto ports =
        nlohmann::json::parse(line.value_or(""), nullptr, /*allow_exceptions=*/false);
    if (!ports.is_object() || !ports.contains("http") || !ports.contains("grpc")) {
        throw CommandError(
            ExitCode::kJobFailed, "engine-sim did not come up; see what it says above"
        );
    }
    http_port_ = ports.at("http").get<std::uint16_t>();
    grpc_port_ = ports.at("grpc").get<std::uint16_t>();
}

std::vector<Model> DevEngine::models() const {
    return {
        {.name = kChatModel,
         .engine = EngineKind::kVllm,
         .endpoints = {http_address()},
         .engine_model = kChatModel},
        {.name = kTensorModel,
         .engine = EngineKind::kTriton,
         .endpoints = {grpc_address()},
         .engine_model = kTensorModel},
    };
}

std::string DevEngine::http_address() const {
    return "http://127.0.0.1:" + std::to_string(http_port_) + "/v1";
}

std::string DevEngine::grpc_address() const {
    return "127.0.0.1:" + std::to_string(grpc_port_);
}

}  // namespace inference::cli
