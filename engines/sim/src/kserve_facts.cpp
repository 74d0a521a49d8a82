#include "kserve_facts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace engine_sim {

namespace {

std::string text_of(const kserve::ModelInferRequest& request) {
    std::string text;
    for (const std::string& bytes : request.raw_input_contents()) {
        text += bytes + "\n";
    }
    for (const auto& input : request.inputs()) {
        for (const std::string& bytes : input.contents().bytes_contents()) {
            text += bytes + "\n";
        }
    }
    return text;
}

}  // namespace

CallFacts facts_of(
    std::string_view path, const kserve::ModelInferRequest& request, bool with_text
) {
    CallFacts facts{
        .path = std::string(path), .model = request.model_name(), .request_id = request.id()
    };
    if (request.inputs_size() > 0 && request.inputs(0).shape_size() > 0) {
        facts.batch =
            static_cast<std::size_t>(std::max<std::int64_t>(request.inputs(0).shape(0), 0));
    }
    if (const auto priority = request.parameters().find("priority");
        priority != request.parameters().end()) {
        facts.priority = static_cast<int>(priority->second.uint64_param());
    }
    if (with_text) {
        facts.text = text_of(request);
    }
    return facts;
}

GrpcReply queue_full(const std::string& request_id) {
    const std::string id = request_id.empty() ? "<id_unknown>" : request_id;
    return {
        .code = grpc::StatusCode::UNAVAILABLE,
        .message = "[request id: " + id + "] Exceeds maximum queue size",
    };
}

grpc::Status stopping() {
    return {
        grpc::StatusCode::UNAVAILABLE,
        "Server is stopping, scheduler for model has stopped accepting new inference requests",
    };
}

}  // namespace engine_sim
