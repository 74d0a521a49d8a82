#include "adapters/openai/openai_adapter.hpp"

#include "adapters/classify/classify.hpp"
#include "adapters/endpoint_url.hpp"
#include "adapters/header_text.hpp"
#include "adapters/http/endpoint_request.hpp"
#include "adapters/openai/openai_call.hpp"
#include "adapters/openai/openai_endpoint.hpp"
#include "adapters/openai/openai_target.hpp"
#include "adapters/openai/task_api.hpp"

#include <string>
#include <utility>

namespace inference {
namespace {

Error classified(const OpenAiTarget& target, const Signal& signal) {
    return as_not_ready(classify(target.engine, signal, target.options.model, target.options.url));
}

struct Probe {
    std::shared_ptr<const OpenAiTarget> target;

    // Whatever answers below 500 is there; that it has no such path or method, or limits our rate, does not show that it is down.
    Outcome<Ready> operator()(HttpAnswer answer) const {
        const bool refuses_key = answer.status == 401 || answer.status == 403;
        const bool is_there = answer.status < 500 || answer.status == 501;
        if (is_there && !refuses_key) {
            return Ready{};
        }
        const HttpStatusSignal signal{.status = answer.status, .body = std::move(answer.body)};
        return classified(*target, signal);
    }
    Outcome<Ready> operator()(const HttpFailure& failure) const {
        return classified(*target, TransportSignal{failure.fault, failure.sent, failure.partial});
    }
    Outcome<Ready> operator()(Cancelled cancelled) const { return cancelled; }
};

class OpenAiAdapter final : public Adapter {
public:
    OpenAiAdapter(std::shared_ptr<OpenAiTarget> target, std::shared_ptr<HttpEngine> http)
        : target_(std::move(target)), http_(std::move(http)) {}

    void call(EngineCall call, CallOptions options, Completion<EngineReply> done) override {
        const TaskApi* api = find_task_api(call.task);
        if (api == nullptr) {
            done(fatal(
                ErrorCode::kUnsupported,
                "model '" + call.model +
                    "': its engine takes no tensors; use a model of a KServe v2 engine"
            ));
            return;
        }
        std::make_shared<OpenAiCall>(
            target_, *api, *http_, std::move(call), std::move(options), std::move(done)
        )
            ->start();
    }

    void ready(CallOptions options, Completion<Ready> done) override {
        HttpRequest request = endpoint_request(
            target_->options, target_->endpoint.ready_url, target_->endpoint.connect_to
        );
        request.method = HttpMethod::kGet;
        request.headers.emplace_back("Accept: application/json");
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
    std::shared_ptr<OpenAiTarget> target_;
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
    auto target = std::make_shared<OpenAiTarget>(engine, std::move(options), *std::move(endpoint));
    return std::make_unique<OpenAiAdapter>(std::move(target), std::move(http));
}

}  // namespace inference
