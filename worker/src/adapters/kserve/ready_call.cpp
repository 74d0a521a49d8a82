#include "adapters/kserve/ready_call.hpp"

#include "adapters/classify/classify.hpp"

#include <utility>

namespace inference {

ReadyCall::ReadyCall(
    KserveTarget& target, std::shared_ptr<RpcGate> gate, Deadline deadline, Completion<Ready> done
)
    : RpcCall(target, std::move(gate), deadline, metadata_of(target, nullptr), std::move(done)) {}

void ReadyCall::run() {
    request_.set_name(target().options.engine_model);
    target().stub->async()->ModelReady(
        next_context(),
        &request_,
        &answer_,
        [self = std::static_pointer_cast<ReadyCall>(shared_from_this())](const grpc::Status& status
        ) { self->finish(self->outcome(status)); }
    );
}

Outcome<Ready> ReadyCall::outcome(const grpc::Status& status) {
    if (!status.ok()) {
        const GrpcSignal signal{.code = status.error_code(), .message = status.error_message()};
        return as_not_ready(target().classified(target().options.model, signal));
    }
    if (answer_.ready()) {
        return Ready{};
    }
    return not_ready(target().options);
}

Error not_ready(const EndpointOptions& options) {
    return {
        .error_class = ErrorClass::kTransient,
        .code = ErrorCode::kEngineNotReady,
        .message = "model '" + options.model + "' at " + options.url +
                   ": the engine says that it is not ready; " +
                   "load it there or wait until it is loaded",
        .endpoint = options.url,
        .sent = true,
    };
}

}  // namespace inference
