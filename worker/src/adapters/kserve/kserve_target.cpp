#include "adapters/kserve/kserve_target.hpp"

#include "adapters/classify/classify.hpp"
#include "adapters/header_text.hpp"

#include <string>
#include <utility>

namespace inference {

KserveTarget::KserveTarget(
    EngineKind kind, EndpointOptions endpoint_options, const std::shared_ptr<grpc::Channel>& channel
)
    : engine(kind),
      options(std::move(endpoint_options)),
      stub(GRPCInferenceService::NewStub(channel)) {}

Error KserveTarget::classified(std::string_view model, const Signal& signal) const {
    return classify(engine, signal, model, options.url);
}

RpcContexts::Metadata metadata_of(const KserveTarget& target, const EngineCall* call) {
    RpcContexts::Metadata metadata;
    const auto add = [&metadata](const char* name, const std::string& value) {
        if (!value.empty() && is_header_text(value)) {
            metadata.emplace_back(name, value);
        }
    };
    if (!target.options.api_key.empty()) {
        add("authorization", "Bearer " + target.options.api_key);
    }
    if (call != nullptr) {
        add("x-request-id", call->request_id);
        add("traceparent", call->traceparent);
    }
    return metadata;
}

}  // namespace inference
