#include "adapters/kserve/infer_call.hpp"

#include "adapters/kserve/infer_answer.hpp"
#include "adapters/kserve/infer_request.hpp"

#include <string>
#include <utility>
#include <vector>

namespace inference {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

InferCall::InferCall(
    KserveTarget& target,
    std::shared_ptr<RpcGate> gate,
    EngineCall call,
    Deadline deadline,
    Completion<EngineReply> done
)
    : RpcCall(target, std::move(gate), deadline, metadata_of(target, &call), std::move(done)),
      call_(std::move(call)) {}

std::shared_ptr<InferCall> InferCall::self() {
    return std::static_pointer_cast<InferCall>(shared_from_this());
}

void InferCall::run() {
    if (const auto known = target().description.get()) {
        infer(*known, Age::kCached);
    } else {
        fetch_metadata();
    }
}

// ---- What the model takes ----

void InferCall::fetch_metadata() {
    metadata_request_.set_name(target().options.engine_model);
    target().stub->async()->ModelMetadata(
        next_context(),
        &metadata_request_,
        &metadata_,
        [self = self()](const grpc::Status& status) { self->on_metadata(status); }
    );
}

void InferCall::on_metadata(const grpc::Status& status) {
    if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
        infer(ModelDescription{}, Age::kFresh);
    } else if (!status.ok()) {
        fail(call_.model, status);
    } else {
        fetch_config();
    }
}

void InferCall::fetch_config() {
    config_request_.set_name(target().options.engine_model);
    target().stub->async()->ModelConfig(
        next_context(),
        &config_request_,
        &config_,
        [self = self()](const grpc::Status& status) { self->on_config(status); }
    );
}

void InferCall::on_config(const grpc::Status& status) {
    auto description = std::make_shared<const ModelDescription>(
        describe(metadata_, status.ok() ? &config_.config() : nullptr)
    );
    // KServe v2 as such has no ModelConfig; of any other failure the next call shall see whether it has passed.
    if (status.ok() || status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
        target().description.set(description);
    }
    infer(*description, Age::kFresh);
}

// ---- The inference ----

void InferCall::infer(const ModelDescription& description, Age age) {
    auto request = encode_request(call_.body, description, call_.model);
    if (!request && age == Age::kCached) {
        fetch_metadata();
        return;
    }
    if (!request) {
        finish(std::move(request.error()));
        return;
    }
    request_ = *std::move(request);
    request_.set_model_name(target().options.engine_model);
    request_.set_id(call_.request_id);
    call_.body = nullptr;
    target().stub->async()->ModelInfer(
        next_context(),
        &request_,
        &answer_,
        [self = self()](const grpc::Status& status) { self->on_answer(status); }
    );
}

void InferCall::on_answer(const grpc::Status& status) {
    if (status.ok()) {
        finish(reply());
        return;
    }
    const auto code = status.error_code();
    if (code == grpc::StatusCode::NOT_FOUND || code == grpc::StatusCode::INVALID_ARGUMENT) {
        target().description.set(nullptr);
    }
    fail(call_.model, status);
}

Outcome<EngineReply> InferCall::reply() {
    std::vector<std::string> wanted;
    for (const auto& output : request_.outputs()) {
        wanted.push_back(output.name());
    }
    auto decoded = decode_answer(answer_, wanted);
    if (const auto* signal = std::get_if<Signal>(&decoded)) {
        return target().classified(call_.model, *signal);
    }
    return EngineReply{
        .body = std::get<nlohmann::json>(std::move(decoded)),
        .endpoint = target().options.url,
        .latency = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started_),
    };
}

}  // namespace inference
