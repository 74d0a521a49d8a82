#include "adapters/kserve/infer_call.hpp"

#include "adapters/classify/pattern.hpp"
#include "adapters/kserve/infer_answer.hpp"
#include "adapters/kserve/infer_request.hpp"
#include "adapters/kserve/infer_stream.hpp"

#include <string>
#include <utility>
#include <vector>

namespace inference {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

Signal signal_of(const grpc::Status& status) {
    return GrpcSignal{.code = status.error_code(), .message = status.error_message()};
}

/// What the engine refuses, our description of its model let pass. An error in a stream has no code to tell.
bool may_contradict_the_description(const Signal& signal) {
    const auto* status = std::get_if<GrpcSignal>(&signal);
    return std::holds_alternative<InBandSignal>(signal) ||
           (status != nullptr && (status->code == grpc::StatusCode::NOT_FOUND ||
                                  status->code == grpc::StatusCode::INVALID_ARGUMENT));
}

bool is_refusal_of_decoupled(const grpc::Status& status) {
    return status.error_code() == grpc::StatusCode::UNIMPLEMENTED &&
           find_pattern("decoupled", status.error_message());
}

}  // namespace

InferCall::InferCall(
    KserveTarget& target,
    std::shared_ptr<RpcGate> gate,
    EngineCall call,
    Deadline deadline,
    ProgressReport on_progress,
    Completion<EngineReply> done
)
    : RpcCall(target, std::move(gate), deadline, metadata_of(target, &call), std::move(done)),
      call_(std::move(call)),
      deadline_(deadline),
      on_progress_(std::move(on_progress)) {}

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
        fail(signal_of(status));
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
    if (status.ok()) {
        target().is_known_as_decoupled = false;  // what it says counts, now that it says something
    }
    // KServe v2 as such has no ModelConfig; of any other failure the next call shall see whether it has passed.
    if (status.ok() || status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
        target().description.set(description);
    }
    infer(*description, Age::kFresh);
}

// ---- The inference ----

void InferCall::infer(const ModelDescription& description, Age age) {
    auto request = request_with_hints(call_, description, deadline_);
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
    takes_parts_ = takes_parts(description);
    is_sent_ = true;
    if (description.is_decoupled || target().is_known_as_decoupled) {
        infer_in_stream();
    } else {
        infer_once();
    }
}

void InferCall::infer_once() {
    target().stub->async()->ModelInfer(
        next_context(),
        &request_,
        &answer_,
        [self = self()](const grpc::Status& status) { self->on_answer(status); }
    );
}

void InferCall::on_answer(const grpc::Status& status) {
    if (status.ok()) {
        auto decoded = decode_answer(answer_, wanted_outputs());
        if (const auto* fault = std::get_if<Signal>(&decoded)) {
            fail(*fault);
        } else {
            finish_with(std::get<nlohmann::json>(std::move(decoded)));
        }
    } else if (is_refusal_of_decoupled(status)) {
        target().is_known_as_decoupled = true;
        infer_in_stream();
    } else {
        fail(signal_of(status));
    }
}

// ---- The inference of a decoupled model ----

// Without the header `triton_grpc_error`, which would turn errors into statuses: servers before 2.68 crash on it.
void InferCall::infer_in_stream() {
    (*request_.mutable_parameters())[kAskForFinalResponse].set_bool_param(true);
    decoupled_answer_.emplace(wanted_outputs());
    InferStreamEvents events{
        .on_response = [self = self()](const kserve::ModelStreamInferResponse& response
                       ) { self->on_response(response); },
        .on_end = [self = self()](const grpc::Status& status) { self->on_stream_end(status); },
    };
    start_infer_stream(*target().stub, next_context(), request_, std::move(events));
}

void InferCall::on_response(const kserve::ModelStreamInferResponse& response) {
    if (is_finished()) {
        return;
    }
    const bool had_begun = decoupled_answer_->has_begun();
    auto decision = decoupled_answer_->add(response);
    if (!had_begun && decoupled_answer_->has_begun()) {
        // 0 would mean that nothing was streamed.
        time_to_first_response_ = std::chrono::ceil<milliseconds>(steady_clock::now() - started_);
    }
    if (!decision) {
        report_progress();
        return;
    }
    if (auto* body = std::get_if<nlohmann::json>(&*decision)) {
        finish_with(std::move(*body));
        return;
    }
    fail(std::get<Signal>(*decision));
    cancel_rpc();  // The model may go on after its error, for nobody.
}

/// Responses are few and large, next to tokens; whoever listens thins them out.
void InferCall::report_progress() {
    ++responses_;
    if (on_progress_) {
        on_progress_({.pieces = responses_, .time_to_first_token = time_to_first_response_});
    }
}

void InferCall::on_stream_end(const grpc::Status& status) {
    if (!is_finished()) {
        fail(status.ok() ? Signal(DefectSignal{Defect::kUnfinished}) : signal_of(status));
    }
}

// ---- What both have in common ----

std::vector<std::string> InferCall::wanted_outputs() const {
    std::vector<std::string> names;
    for (const auto& output : request_.outputs()) {
        names.push_back(output.name());
    }
    return names;
}

void InferCall::fail(const Signal& signal) {
    Error error = target().classified(call_.model, signal);
    error.indivisible = !takes_parts_;
    error.sent = error.sent && is_sent_;
    if (decoupled_answer_) {
        error.partial = decoupled_answer_->has_begun();
    }
    if (may_contradict_the_description(signal)) {
        target().description.set(nullptr);
    }
    finish(std::move(error));
}

void InferCall::finish_with(nlohmann::json body) {
    finish(EngineReply{
        .body = std::move(body),
        .endpoint = target().options.url,
        .latency = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started_),
        .time_to_first_token = time_to_first_response_,
    });
}

}  // namespace inference
