/// @file bridge/rpc.hpp
/// @brief Calls of the server by name, with protobuf bytes.
#pragma once

#include "bridge/buffer.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

struct tcore_cancel;

namespace temporal::bridge {

class Connection;

enum class RpcService : std::uint32_t { kWorkflow = 1, kOperator = 2, kHealth = 3 };

/// One call, borrowed until the function that takes it returns.
struct RpcCall {
    RpcService service = RpcService::kWorkflow;
    std::string_view method;  ///< Such as "StartWorkflowExecution".
    std::string_view request;  ///< The serialised request message.
    bool retry = true;  ///< Core retries what is worth it, within the timeout.
    std::chrono::nanoseconds timeout = std::chrono::seconds{30};
};

/// How a call ended.
struct RpcOutcome {
    /// A gRPC code; 0 is success and kRefused a call that never left this process.
    std::int32_t code = 0;
    Buffer response;
    std::string message;
    std::string details;  ///< Serialised google.rpc.Status, may be empty.

    static constexpr std::int32_t kRefused = -1;
};

/// Cancels one call, before it begins or while it is under way.
///
/// Threads: `fire` from any thread, any number of times.
class RpcCancel {
public:
    RpcCancel();
    ~RpcCancel();
    RpcCancel(const RpcCancel&) = delete;
    RpcCancel& operator=(const RpcCancel&) = delete;

    void fire() noexcept;
    [[nodiscard]] tcore_cancel* handle() const noexcept;

private:
    struct Owned;
    std::unique_ptr<Owned> owned_;
};

/// Called exactly once, on a thread of core or inside `call_async` itself. It must neither block
/// nor throw.
using RpcDone = std::function<void(RpcOutcome)>;

/// Starts a call. `connection` must stay until `done` was called.
///
/// Cancel: `cancel` ends the call with gRPC's code for that.
void call_async(
    const Connection& connection,
    const RpcCall& call,
    std::shared_ptr<RpcCancel> cancel,
    RpcDone done
);

/// Calls and waits; gives the serialised answer.
///
/// Errors: RpcError with the server's message; past the timeout kDeadlineExceeded.
/// Cancel: RpcError(kCancelled) once `stop` fires.
[[nodiscard]] Buffer call(
    const Connection& connection, const RpcCall& call, const std::stop_token& stop
);

}  // namespace temporal::bridge
