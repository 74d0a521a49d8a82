#include "adapters/kserve/http_call.hpp"

#include "adapters/classify/classify.hpp"
#include "adapters/http/endpoint_request.hpp"
#include "adapters/kserve/infer_request.hpp"
#include "adapters/kserve/json_description.hpp"
#include "adapters/kserve/json_tensors.hpp"
#include "adapters/kserve/request_hints.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace inference {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// The statuses of a server that does not know the call, rather than the model.
bool has_no_such_call(int status) {
    return status == 404 || status == 405 || status == 501;
}

Signal signal_of(const HttpFailure& failure) {
    return TransportSignal{
        .fault = failure.fault, .sent = failure.sent, .partial = failure.partial
    };
}

Signal signal_of(HttpAnswer answer) {
    const auto wait = retry_after(answer, std::chrono::system_clock::now());
    return HttpStatusSignal{answer.status, std::move(answer.body), wait};
}

/// What the engine refuses, our description of its model let pass.
bool may_contradict_the_description(const Signal& signal) {
    const auto* status = std::get_if<HttpStatusSignal>(&signal);
    return status != nullptr && (status->status == 400 || status->status == 404);
}

}  // namespace

Error KserveHttpTarget::classified(std::string_view model, const Signal& signal) const {
    return classify(engine, signal, model, options.url);
}

HttpRequest KserveHttpTarget::request(
    HttpMethod method, const std::string& path, const EngineCall* call
) const {
    HttpRequest request = endpoint_request(options, endpoint.model_url + path, endpoint.connect_to);
    request.method = method;
    add_header(request, "Accept", "application/json");
    if (method == HttpMethod::kPost) {
        add_header(request, "Content-Type", "application/json");
    }
    if (call != nullptr) {
        add_header(request, "X-Request-Id", call->request_id);
        add_header(request, "traceparent", call->traceparent);
    }
    return request;
}

HttpInferCall::HttpInferCall(
    std::shared_ptr<KserveHttpTarget> target,
    HttpEngine& http,
    EngineCall call,
    CallOptions options,
    Completion<EngineReply> done
)
    : target_(std::move(target)),
      http_(http),
      call_(std::move(call)),
      options_(std::move(options)),
      done_(std::move(done)) {}

void HttpInferCall::start() {
    if (const auto known = target_->description.get()) {
        infer(*known, Age::kCached);
    } else {
        fetch_metadata();
    }
}

void HttpInferCall::exchange(HttpRequest request, Step next) {
    http_.start(
        std::move(request),
        options_.deadline,
        options_.cancel,
        [self = shared_from_this(), next](HttpOutcome outcome) {
            if (auto* answer = std::get_if<HttpAnswer>(&outcome)) {
                (*self.*next)(std::move(*answer));
            } else if (const auto* failure = std::get_if<HttpFailure>(&outcome)) {
                self->fail(signal_of(*failure));
            } else {
                self->done_(Cancelled{});
            }
        }
    );
}

// ---- What the model takes ----

void HttpInferCall::fetch_metadata() {
    exchange(target_->request(HttpMethod::kGet, "", &call_), &HttpInferCall::on_metadata);
}

void HttpInferCall::on_metadata(HttpAnswer answer) {
    if (answer.status == 405 || answer.status == 501) {
        infer(ModelDescription{}, Age::kFresh);
        return;
    }
    if (answer.status != 200) {
        fail(signal_of(std::move(answer)));
        return;
    }
    metadata_ = json::parse(answer.body, nullptr, false);
    if (!metadata_.is_object()) {
        fail(DefectSignal{Defect::kMalformed});
        return;
    }
    exchange(target_->request(HttpMethod::kGet, "/config", &call_), &HttpInferCall::on_config);
}

void HttpInferCall::on_config(HttpAnswer answer) {
    const json config = answer.status == 200 ? json::parse(answer.body, nullptr, false) : json();
    auto description = std::make_shared<const ModelDescription>(
        describe(metadata_, config.is_object() ? &config : nullptr)
    );
    // KServe v2 as such has no config; of any other failure the next call shall see whether it has passed.
    if (config.is_object() || has_no_such_call(answer.status)) {
        target_->description.set(description);
    }
    infer(*description, Age::kFresh);
}

// ---- The inference ----

void HttpInferCall::infer(const ModelDescription& description, Age age) {
    auto request = request_with_hints(call_, description, options_.deadline);
    const std::optional<Error> problem = request ? http_obstacle(*request, description, call_.model)
                                                 : std::optional(std::move(request.error()));
    if (problem && age == Age::kCached) {
        fetch_metadata();
    } else if (problem) {
        done_(*problem);
    } else {
        takes_parts_ = takes_parts(description);
        send(*request);
    }
}

void HttpInferCall::send(const kserve::ModelInferRequest& request) {
    for (const auto& output : request.outputs()) {
        wanted_outputs_.push_back(output.name());
    }
    auto body = write_json_request(request, call_.model, call_.request_id);
    if (!body) {
        done_(std::move(body.error()));
        return;
    }
    call_.body = nullptr;
    is_sent_ = true;
    HttpRequest post = target_->request(HttpMethod::kPost, "/infer", &call_);
    post.body = *std::move(body);
    exchange(std::move(post), &HttpInferCall::on_answer);
}

void HttpInferCall::on_answer(HttpAnswer answer) {
    auto read =
        read_json_answer(std::move(answer), wanted_outputs_, std::chrono::system_clock::now());
    if (const auto* signal = std::get_if<Signal>(&read)) {
        fail(*signal);
        return;
    }
    done_(EngineReply{
        .body = std::get<json>(std::move(read)),
        .endpoint = target_->options.url,
        .latency = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started_),
    });
}

void HttpInferCall::fail(const Signal& signal) {
    if (may_contradict_the_description(signal)) {
        target_->description.set(nullptr);
    }
    Error error = target_->classified(call_.model, signal);
    error.indivisible = !takes_parts_;
    error.sent = error.sent && is_sent_;
    done_(std::move(error));
}

}  // namespace inference
