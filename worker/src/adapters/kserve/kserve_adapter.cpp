#include "adapters/kserve/kserve_adapter.hpp"

#include "adapters/endpoint_url.hpp"
#include "adapters/header_text.hpp"
#include "adapters/kserve/infer_call.hpp"
#include "adapters/kserve/infer_request.hpp"
#include "adapters/kserve/kserve_channel.hpp"
#include "adapters/kserve/kserve_target.hpp"
#include "adapters/kserve/ready_call.hpp"
#include "adapters/kserve/rpc_gate.hpp"

#include <utility>

namespace inference {
namespace {

class KserveAdapter final : public Adapter {
public:
    KserveAdapter(
        EngineKind engine, EndpointOptions options, const std::shared_ptr<grpc::Channel>& channel
    )
        : target_(engine, std::move(options), channel) {}

    // The channel must go on this thread: gRPC's own threads are joined with their last channel, and one that joined itself
    // would run on in memory that is gone.
    ~KserveAdapter() override {
        target_.closing.request_stop();
        gate_->wait_until_empty();
    }

    void call(EngineCall call, CallOptions options, Completion<EngineReply> done) override {
        if (call.task != Task::kTensors) {
            done(tensors_only(call.model));
            return;
        }
        std::make_shared<InferCall>(
            target_,
            gate_,
            std::move(call),
            options.deadline,
            std::move(options.on_progress),
            std::move(done)
        )
            ->start(options.cancel);
    }

    void ready(CallOptions options, Completion<Ready> done) override {
        std::make_shared<ReadyCall>(target_, gate_, options.deadline, std::move(done))
            ->start(options.cancel);
    }

    std::string_view endpoint() const noexcept override { return target_.options.url; }

private:
    KserveTarget target_;
    std::shared_ptr<RpcGate> gate_ = std::make_shared<RpcGate>();
};

}  // namespace

Result<std::unique_ptr<Adapter>> make_kserve_adapter(EngineKind engine, EndpointOptions options) {
    const auto channel = open_kserve_channel(options);
    if (!channel) {
        return tl::unexpected(channel.error());
    }
    if (!is_header_text(options.api_key)) {
        return tl::unexpected(bad_api_key(options.model));
    }
    return std::make_unique<KserveAdapter>(engine, std::move(options), *channel);
}

}  // namespace inference
