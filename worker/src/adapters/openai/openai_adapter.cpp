#include "adapters/openai/openai_adapter.hpp"

#include "adapters/classify/classify.hpp"
#include "adapters/endpoint_url.hpp"
#include "adapters/header_text.hpp"
#include "adapters/openai/answer.hpp"
#include "adapters/openai/openai_endpoint.hpp"
#include "adapters/openai/task_api.hpp"

#include <string>
#include <utility>

namespace inference {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What a completion needs after the adapter itself may be gone.
struct Target {
    EngineKind engine;
    EndpointOptions options;
    OpenAiEndpoint endpoint;
};

void add_header(std::vector<std::string>& headers, std::string_view name, std::string_view value) {
    if (!value.empty() && is_header_text(value)) {
        headers.push_back(std::string(name) + ": " + std::string(value));
    }
}

Error refused(const EngineCall& call, ErrorCode code, std::string_view problem) {
    return {
        .error_class = ErrorClass::kFatal,
        .code = code,
        .message = "model '" + call.model + "': " + std::string(problem),
    };
}

Error classified(const Target& target, std::string_view model, const Signal& signal) {
    return classify(target.engine, signal, model, target.options.url);
}

Signal signal_of(const HttpFailure& failure) {
    return TransportSignal{
        .fault = failure.fault, .sent = failure.sent, .partial = failure.partial
    };
}

HttpRequest empty_request(const Target& target, std::string url) {
    HttpRequest request{.url = std::move(url), .headers = {}, .body = {}};
    request.connect_to = target.endpoint.connect_to;
    request.tls = target.options.tls.value_or(TlsFiles{});
    request.max_answer_bytes = target.options.max_answer_bytes;
    add_header(request.headers, "Accept", "application/json");
    if (!target.options.api_key.empty()) {
        add_header(request.headers, "Authorization", "Bearer " + target.options.api_key);
    }
    return request;
}

void prepare_body(EngineKind engine, EngineCall& call) {
    call.body.erase("stream");
    call.body.erase("stream_options");
    if (engine == EngineKind::kVllm && !call.body.contains("priority")) {
        call.body["priority"] = call.priority;
    }
}

Result<HttpRequest> request_for(const Target& target, const TaskApi& api, EngineCall& call) {
    if (!call.body.is_object()) {
        return tl::unexpected(
            refused(call, ErrorCode::kValidation, "the request's body is not a JSON object")
        );
    }
    prepare_body(target.engine, call);
    HttpRequest request = empty_request(
        target, (api.at_root ? target.endpoint.root : target.endpoint.base) + std::string(api.path)
    );
    add_header(request.headers, "Content-Type", "application/json");
    add_header(request.headers, "X-Request-Id", call.request_id);
    add_header(request.headers, "traceparent", call.traceparent);
    try {
        request.body = call.body.dump();
    } catch (const nlohmann::json::exception&) {
        return tl::unexpected(
            refused(call, ErrorCode::kValidation, "a text in the request is not UTF-8; send UTF-8")
        );
    }
    return request;
}

// One call under way.
struct Exchange {
    std::shared_ptr<const Target> target;
    const TaskApi* api;
    std::optional<std::size_t> expected;
    std::string model;
    steady_clock::time_point started;

    Outcome<EngineReply> operator()(HttpAnswer answer) const {
        auto read =
            read_answer(*api, expected, std::move(answer), std::chrono::system_clock::now());
        if (const auto* signal = std::get_if<Signal>(&read)) {
            return classified(*target, model, *signal);
        }
        return EngineReply{
            .body = std::get<nlohmann::json>(std::move(read)),
            .endpoint = target->options.url,
            .latency = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started),
        };
    }
    Outcome<EngineReply> operator()(const HttpFailure& failure) const {
        return classified(*target, model, signal_of(failure));
    }
    Outcome<EngineReply> operator()(Cancelled cancelled) const { return cancelled; }
};

struct Probe {
    std::shared_ptr<const Target> target;

    // Whatever answers below 500 is there; that it has no such path, or limits our rate, does not show that it is down.
    Outcome<Ready> operator()(HttpAnswer answer) const {
        const bool refuses_key = answer.status == 401 || answer.status == 403;
        if (answer.status < 500 && !refuses_key) {
            return Ready{};
        }
        const HttpStatusSignal signal{.status = answer.status, .body = std::move(answer.body)};
        return as_not_ready(classified(*target, target->options.model, signal));
    }
    Outcome<Ready> operator()(const HttpFailure& failure) const {
        return as_not_ready(classified(*target, target->options.model, signal_of(failure)));
    }
    Outcome<Ready> operator()(Cancelled cancelled) const { return cancelled; }
};

class OpenAiAdapter final : public Adapter {
public:
    OpenAiAdapter(std::shared_ptr<const Target> target, std::shared_ptr<HttpEngine> http)
        : target_(std::move(target)), http_(std::move(http)) {}

    void call(EngineCall call, CallOptions options, Completion<EngineReply> done) override {
        const TaskApi* api = find_task_api(call.task);
        if (api == nullptr) {
            done(refused(
                call,
                ErrorCode::kUnsupported,
                "its engine takes no tensors; use a model of a KServe v2 engine"
            ));
            return;
        }
        Result<HttpRequest> request = request_for(*target_, *api, call);
        if (!request) {
            done(std::move(request.error()));
            return;
        }
        Exchange exchange{
            target_, api, expected_results(*api, call.body), call.model, steady_clock::now()
        };
        http_->start(
            *std::move(request),
            options.deadline,
            std::move(options.cancel),
            [exchange = std::move(exchange), done = std::move(done)](HttpOutcome outcome) {
                done(std::visit(exchange, std::move(outcome)));
            }
        );
    }

    void ready(CallOptions options, Completion<Ready> done) override {
        HttpRequest request = empty_request(*target_, target_->endpoint.ready_url);
        request.method = HttpMethod::kGet;
        http_->start(
            std::move(request),
            options.deadline,
            std::move(options.cancel),
            [probe = Probe{target_}, done = std::move(done)](HttpOutcome outcome) {
                done(std::visit(probe, std::move(outcome)));
            }
        );
    }

    std::string_view endpoint() const noexcept override { return target_->options.url; }

private:
    std::shared_ptr<const Target> target_;
    std::shared_ptr<HttpEngine> http_;
};

}  // namespace

Result<std::unique_ptr<Adapter>> make_openai_adapter(
    EngineKind engine, EndpointOptions options, std::shared_ptr<HttpEngine> http
) {
    auto endpoint = resolve_openai_endpoint(engine, options);
    if (!endpoint) {
        return tl::unexpected(std::move(endpoint.error()));
    }
    if (!is_header_text(options.api_key)) {
        return tl::unexpected(bad_api_key(options.model));
    }
    auto target =
        std::make_shared<const Target>(Target{engine, std::move(options), *std::move(endpoint)});
    return std::make_unique<OpenAiAdapter>(std::move(target), std::move(http));
}

}  // namespace inference
