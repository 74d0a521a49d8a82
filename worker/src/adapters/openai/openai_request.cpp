#include "adapters/openai/openai_request.hpp"

#include "adapters/http/endpoint_request.hpp"
#include "adapters/openai/stream_request.hpp"

#include <string_view>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

constexpr std::string_view kBothForms = "text/event-stream, application/json";

tl::unexpected<Error> refused(const EngineCall& call, std::string_view problem) {
    return tl::unexpected(
        fatal(ErrorCode::kValidation, "model '" + call.model + "': " + std::string(problem))
    );
}

json body_of(EngineKind engine, const EngineCall& call, AnswerForm form) {
    json body = call.body;
    body.erase("stream");
    body.erase("stream_options");
    if (engine == EngineKind::kVllm && !body.contains("priority")) {
        body["priority"] = call.priority;
    }
    if (form == AnswerForm::kStream) {
        ask_for_stream(body);
    }
    return body;
}

std::string above_limit(std::size_t size, std::size_t limit) {
    return "the request has " + std::to_string(size) + " bytes, its endpoint takes at most " +
           std::to_string(limit) + "; send less at once";
}

}  // namespace

Result<HttpRequest> call_request(
    const OpenAiTarget& target, const TaskApi& api, const EngineCall& call, AnswerForm form
) {
    if (!call.body.is_object()) {
        return refused(call, "the request's body is not a JSON object");
    }
    const std::string& base = api.at_root ? target.endpoint.root : target.endpoint.base;
    HttpRequest request =
        endpoint_request(target.options, base + std::string(api.path), target.endpoint.connect_to);
    request.idle_timeout = target.options.idle_timeout;
    add_header(request, "Accept", form == AnswerForm::kStream ? kBothForms : "application/json");
    add_header(request, "Content-Type", "application/json");
    add_header(request, "X-Request-Id", call.request_id);
    add_header(request, "traceparent", call.traceparent);
    try {
        request.body = body_of(target.engine, call, form).dump();
    } catch (const json::exception&) {
        return refused(call, "a text in the request is not UTF-8; send UTF-8");
    }
    if (request.body.size() > target.options.max_request_bytes) {
        return refused(call, above_limit(request.body.size(), target.options.max_request_bytes));
    }
    return request;
}

}  // namespace inference
