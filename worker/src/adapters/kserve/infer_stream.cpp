#include "adapters/kserve/infer_stream.hpp"

#include <memory>
#include <utility>

namespace inference {
namespace {

/// Owned by gRPC from StartCall to OnDone.
class InferStream final
    : public grpc::ClientBidiReactor<kserve::ModelInferRequest, kserve::ModelStreamInferResponse> {
public:
    explicit InferStream(InferStreamEvents events) : events_(std::move(events)) {}

    void start(
        GRPCInferenceService::Stub& stub,
        grpc::ClientContext* context,
        const kserve::ModelInferRequest& request
    ) {
        stub.async()->ModelStreamInfer(context, this);
        StartWriteLast(&request, grpc::WriteOptions());
        StartRead(&response_);
        StartCall();
    }

    // The end is known only when every response has been read.
    void OnReadDone(bool ok) override {
        if (ok) {
            events_.on_response(response_);
            StartRead(&response_);
        }
    }

    void OnDone(const grpc::Status& status) override {
        const std::unique_ptr<InferStream> self(this);
        events_.on_end(status);
    }

private:
    InferStreamEvents events_;
    kserve::ModelStreamInferResponse response_;
};

}  // namespace

void start_infer_stream(
    GRPCInferenceService::Stub& stub,
    grpc::ClientContext* context,
    const kserve::ModelInferRequest& request,
    InferStreamEvents events
) {
    auto stream = std::make_unique<InferStream>(std::move(events));
    stream.release()->start(stub, context, request);
}

}  // namespace inference
