#include "adapters/kserve/rpc_contexts.hpp"

#include <chrono>

namespace inference {
namespace {

// gRPC takes deadlines of its own clocks only; the difference to now carries over.
gpr_timespec grpc_deadline(Deadline deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::nanoseconds>(deadline - std::chrono::steady_clock::now());
    return gpr_time_add(
        gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(left.count(), GPR_TIMESPAN)
    );
}

}  // namespace

grpc::ClientContext* RpcContexts::next() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(grpc_deadline(deadline_));
    for (const auto& [name, value] : metadata_) {
        context->AddMetadata(name, value);
    }
    const std::lock_guard lock(mutex_);
    if (is_cancelled_) {
        context->TryCancel();
    }
    context_ = std::move(context);
    return context_.get();
}

void RpcContexts::cancel() {
    const std::lock_guard lock(mutex_);
    is_cancelled_ = true;
    if (context_) {
        context_->TryCancel();
    }
}

bool RpcContexts::is_cancelled() const {
    const std::lock_guard lock(mutex_);
    return is_cancelled_;
}

}  // namespace inference
