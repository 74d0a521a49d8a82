/// @file adapters/kserve/rpc_contexts.hpp
/// @brief The gRPC contexts of the RPCs that make up one call, one after the other.
#pragma once

#include "adapters/adapter.hpp"

#include <grpcpp/client_context.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace inference {

/// One deadline, one cancel and the same metadata for all of them.
///
/// Threads: any.  Cancel: cancels the RPC under way, and those that come after it as soon as they start.
class RpcContexts {
public:
    using Metadata = std::vector<std::pair<std::string, std::string>>;

    RpcContexts(Deadline deadline, Metadata metadata)
        : deadline_(deadline), metadata_(std::move(metadata)) {}

    /// The context for the next RPC. The one before must have completed.
    grpc::ClientContext* next();

    void cancel();
    bool is_cancelled() const;

private:
    const Deadline deadline_;
    const Metadata metadata_;
    mutable std::mutex mutex_;
    bool is_cancelled_ = false;
    std::unique_ptr<grpc::ClientContext> context_;
};

}  // namespace inference
