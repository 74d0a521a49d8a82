#include "adapters/kserve/kserve_http_adapter.hpp"

#include "adapters/classify/classify.hpp"
#include "adapters/endpoint_url.hpp"
#include "adapters/header_text.hpp"
#include "adapters/kserve/http_call.hpp"
#include "adapters/kserve/http_endpoint.hpp"
#include "adapters/kserve/infer_request.hpp"
#include "adapters/kserve/ready_call.hpp"

#include <utility>

namespace inference {
namespace {

struct Probe {
    std::shared_ptr<const KserveHttpTarget> target;

    Outcome<Ready> operator()(HttpAnswer answer) const {
        if (answer.status != 200) {
            return failed(HttpStatusSignal{.status = answer.status, .body = std::move(answer.body)}
            );
        }
        // Some servers say no in the body; Triton's has none.
        const nlohmann::json body = nlohmann::json::parse(answer.body, nullptr, false);
        if (body.is_object() && body.value("ready", nlohmann::json()) == false) {
            return not_ready(target->options);
        }
        return Ready{};
    }
    Outcome<Ready> operator()(const HttpFailure& failure) const {
        return failed(TransportSignal{
            .fault = failure.fault, .sent = failure.sent, .partial = failure.partial
        });
    }
    Outcome<Ready> operator()(Cancelled cancelled) const { return cancelled; }

    Error failed(const Signal& signal) const {
        return as_not_ready(target->classified(target->options.model, signal));
    }
};

class KserveHttpAdapter final : public Adapter {
public:
    KserveHttpAdapter(std::shared_ptr<KserveHttpTarget> target, std::shared_ptr<HttpEngine> http)
        : target_(std::move(target)), http_(std::move(http)) {}

    void call(EngineCall call, CallOptions options, Completion<EngineReply> done) override {
        if (call.task != Task::kTensors) {
            done(tensors_only(call.model));
            return;
        }
        std::make_shared<HttpInferCall>(
            target_, *http_, std::move(call), std::move(options), std::move(done)
        )
            ->start();
    }

    void ready(CallOptions options, Completion<Ready> done) override {
        http_->start(
            target_->request(HttpMethod::kGet, "/ready", nullptr),
            options.deadline,
            std::move(options.cancel),
            [probe = Probe{target_}, done = std::move(done)](HttpOutcome outcome) {
                done(std::visit(probe, std::move(outcome)));
            }
        );
    }

    std::string_view endpoint() const noexcept override { return target_->options.url; }

private:
    std::shared_ptr<KserveHttpTarget> target_;
    std::shared_ptr<HttpEngine> http_;
};

}  // namespace

Result<std::unique_ptr<Adapter>> make_kserve_http_adapter(
    EngineKind engine, EndpointOptions options, std::shared_ptr<HttpEngine> http
) {
    auto endpoint = resolve_kserve_http_endpoint(options);
    if (!endpoint) {
        return tl::unexpected(std::move(endpoint.error()));
    }
    if (!is_header_text(options.api_key)) {
        return tl::unexpected(bad_api_key(options.model));
    }
    auto target = std::make_shared<KserveHttpTarget>();
    target->engine = engine;
    target->options = std::move(options);
    target->endpoint = *std::move(endpoint);
    return std::make_unique<KserveHttpAdapter>(std::move(target), std::move(http));
}

}  // namespace inference
