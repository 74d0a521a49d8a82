#include "canned_answers.hpp"

#include "recorded_vllm.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace engine_sim {

namespace {

CannedAnswer http(std::string name, int status, std::string body) {
    return {
        .name = std::move(name),
        .status = status,
        .content_type = "application/json",
        .body = std::move(body)
    };
}

CannedAnswer html(std::string name, int status, std::string body) {
    CannedAnswer page = http(std::move(name), status, std::move(body));
    page.content_type = "text/html";
    return page;
}

CannedAnswer rpc(std::string name, grpc::StatusCode code, std::string message) {
    return {.name = std::move(name), .code = code, .content_type = "", .body = std::move(message)};
}

/// What vLLM was heard to refuse with.
std::vector<CannedAnswer> recorded_answers() {
    constexpr int kFirstError = 400;
    std::vector<CannedAnswer> answers;
    for (const auto& entry : nlohmann::json::parse(recorded_vllm())) {
        if (const int status = entry.at("status"); status >= kFirstError) {
            answers.push_back(http(entry.at("name"), status, entry.at("body")));
        }
    }
    return answers;
}

/// What no test can make a server say at will. Sources: the servers' own code and runs of vLLM 0.32, SGLang 0.5, TensorRT-LLM and
/// Triton 2.51.
std::vector<CannedAnswer> written_answers() {
    return {
        http(
            "input_length",
            400,
            R"({"error":{"message":"Input length (600) exceeds model's maximum context length (512).",)"
            R"("type":"BadRequestError","param":null,"code":400}})"
        ),
        http(
            "decoder_prompt_length",
            400,
            R"({"error":{"message":"The decoder prompt (length 600) is longer than the maximum model length )"
            R"(of 512.","type":"BadRequestError","param":null,"code":400}})"
        ),
        http(
            "lora_not_loaded",
            400,
            R"({"error":{"message":"LoRA adapter 'nope' was found but could not be loaded.",)"
            R"("type":"BadRequestError","param":"model","code":400}})"
        ),
        http(
            "lora_not_found",
            404,
            R"({"error":{"message":"The lora adapter 'nope' cannot be found.","type":"NotFoundError",)"
            R"("param":"model","code":404}})"
        ),
        http("null_body", 200, "null"),
        http("empty_body", 200, ""),
        html("html_body", 200, "<html><body>Welcome</body></html>"),
        http(
            "error_with_200",
            200,
            R"({"error":{"message":"Internal server error","type":"InternalServerError","param":null,)"
            R"("code":500}})"
        ),
        http("unauthorized", 401, R"({"error":"Unauthorized"})"),
        http(
            "payload_too_large",
            413,
            R"({"error":{"message":"Request Entity Too Large","type":"Request Entity Too Large",)"
            R"("param":null,"code":413}})"
        ),
        http(
            "unprocessable",
            422,
            R"({"error":{"message":"Failed to fetch the remote media.","type":"UnprocessableEntityError",)"
            R"("param":null,"code":422}})"
        ),
        http(
            "rate_limited",
            429,
            R"({"error":{"message":"Rate limit reached","type":"rate_limit_exceeded",)"
            R"("param":null,"code":"rate_limit_exceeded"}})"
        ),
        http(
            "engine_dead",
            500,
            R"({"error":{"message":"EngineCore encountered an issue. See stack trace (above) for the root )"
            R"(cause.","type":"InternalServerError","param":null,"code":500}})"
        ),
        http(
            "internal_error",
            500,
            R"({"error":{"message":"Internal server error","type":"InternalServerError","param":null,)"
            R"("code":500}})"
        ),
        http(
            "empty_message",
            500,
            R"({"error":{"message":"","type":"InternalServerError","param":null,"code":500}})"
        ),
        http(
            "out_of_memory",
            500,
            R"({"error":{"message":"CUDA out of memory. Tried to allocate 2.00 GiB.",)"
            R"("type":"InternalServerError","param":null,"code":500}})"
        ),
        http(
            "not_implemented",
            501,
            R"({"error":{"message":"The model does not support this API","type":"NotImplementedError",)"
            R"("param":null,"code":501}})"
        ),
        html(
            "bad_gateway",
            502,
            "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad "
            "Gateway</h1></body></html>"
        ),
        http(
            "prefill_backlog",
            503,
            R"({"error":{"message":"The engine has reached its prefill token backlog limit. Please try )"
            R"(again later or on a different instance.","type":"Service Unavailable","param":null,"code":503}})"
        ),
        http(
            "scaling", 503, R"({"error":"The model is currently scaling. Please try again later."})"
        ),
        http(
            "request_failed",
            503,
            R"({"error":{"message":"Request failed; please retry","type":"ServiceUnavailableError",)"
            R"("param":null,"code":503}})"
        ),
        html(
            "gateway_timeout",
            504,
            "<html><head><title>504 Gateway Time-out</title></head><body><h1>504 Gateway "
            "Time-out</h1></body>"
            "</html>"
        ),
        http(
            "sglang_queue_full",
            503,
            R"({"object":"error","message":"The request queue is full.","type":"ServiceUnavailableError",)"
            R"("param":null,"code":503})"
        ),
        http(
            "sglang_waiting_timeout",
            503,
            R"({"object":"error","message":"Request waiting timeout reached.",)"
            R"("type":"ServiceUnavailableError","param":null,"code":503})"
        ),
        http(
            "sglang_running_timeout",
            503,
            R"({"object":"error","message":"Request running timeout reached.",)"
            R"("type":"ServiceUnavailableError","param":null,"code":503})"
        ),
        http(
            "sglang_preempted",
            503,
            R"({"object":"error","message":"The request is aborted by a higher priority request.",)"
            R"("type":"ServiceUnavailableError","param":null,"code":503})"
        ),
        http(
            "tensorrt_out_of_memory",
            400,
            R"({"object":"error","message":"CUDA out of memory. Tried to allocate 2.00 GiB.",)"
            R"("type":"BadRequestError","param":null,"code":400})"
        ),
        rpc("triton_unknown_model",
            grpc::StatusCode::NOT_FOUND,
            "Request for unknown model: 'nope' is not found"),
        rpc("triton_loading",
            grpc::StatusCode::NOT_FOUND,
            "Request for unknown model: 'digits' has no available versions"),
        rpc("triton_queue_full",
            grpc::StatusCode::UNAVAILABLE,
            "[request id: <id_unknown>] Exceeds maximum queue size"),
        rpc("triton_queue_timeout", grpc::StatusCode::UNAVAILABLE, "Request timeout expired"),
        rpc("triton_stopping",
            grpc::StatusCode::UNAVAILABLE,
            "Server is stopping, scheduler for model has stopped accepting new inference requests"),
        rpc("triton_restricted",
            grpc::StatusCode::UNAVAILABLE,
            "This protocol is restricted, expecting header 'triton-grpc-protocol-infer-key'"),
        rpc("triton_batch_too_large",
            grpc::StatusCode::INVALID_ARGUMENT,
            "[request id: <id_unknown>] inference request batch-size must be <= 4 for 'digits'"),
        rpc("triton_out_of_memory",
            grpc::StatusCode::INTERNAL,
            "Failed to process the request(s) for model 'digits_0_0', message: RuntimeError: CUDA "
            "out "
            "of "
            "memory. Tried to allocate 2.00 GiB"),
        rpc("triton_backend_died",
            grpc::StatusCode::INTERNAL,
            "Stub process 'digits_0_0' is not healthy."),
        rpc("socket_closed", grpc::StatusCode::UNAVAILABLE, "Socket closed"),
    };
}

}  // namespace

std::span<const CannedAnswer> canned_answers() {
    static const std::vector<CannedAnswer> answers = [] {
        auto all = recorded_answers();
        std::ranges::move(written_answers(), std::back_inserter(all));
        return all;
    }();
    return answers;
}

std::optional<CannedAnswer> find_canned_answer(std::string_view name) {
    const auto answers = canned_answers();
    const auto found = std::ranges::find(answers, name, &CannedAnswer::name);
    return found == answers.end() ? std::nullopt : std::optional(*found);
}

}  // namespace engine_sim
