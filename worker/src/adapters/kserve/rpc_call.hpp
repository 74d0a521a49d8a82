/// @file adapters/kserve/rpc_call.hpp
/// @brief A call from start() to its completion: several RPCs in a row, cancelled together.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/kserve/kserve_target.hpp"
#include "adapters/kserve/rpc_contexts.hpp"
#include "adapters/kserve/rpc_gate.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <variant>

namespace inference {

/// The RPC under way owns the call, by the shared pointer in its callback. The adapter owns the target, and outlives the call.
///
/// Threads: gRPC's, one RPC after the other; cancel from any.
template <class T>
class RpcCall : public std::enable_shared_from_this<RpcCall<T>> {
public:
    RpcCall(
        KserveTarget& target,
        std::shared_ptr<RpcGate> gate,
        Deadline deadline,
        RpcContexts::Metadata metadata,
        Completion<T> done
    )
        : ticket_(std::move(gate)),
          target_(target),
          contexts_(deadline, std::move(metadata)),
          done_(std::move(done)) {}
    RpcCall(const RpcCall&) = delete;
    RpcCall& operator=(const RpcCall&) = delete;
    virtual ~RpcCall() = default;

    void start(const std::stop_token& cancel) {
        const Cancel on_stop{this->weak_from_this()};
        on_cancel_.emplace(cancel, on_stop);
        on_close_.emplace(target_.closing.get_token(), on_stop);
        run();
    }

protected:
    virtual void run() = 0;

    KserveTarget& target() noexcept { return target_; }
    grpc::ClientContext* next_context() { return contexts_.next(); }
    void cancel_rpc() { contexts_.cancel(); }

    bool is_finished() const noexcept { return done_ == nullptr; }

    void finish(Outcome<T> outcome) {
        // Whoever cancelled does not want to hear that cancelling made the RPC fail.
        if (contexts_.is_cancelled() && std::holds_alternative<Error>(outcome)) {
            outcome = Cancelled{};
        }
        on_cancel_.reset();
        // A stream may outlive its answer. Then closing the adapter shall still end it.
        std::exchange(done_, nullptr)(std::move(outcome));
    }

private:
    struct Cancel {
        std::weak_ptr<RpcCall> call;
        void operator()() const {
            if (const auto alive = call.lock()) {
                alive->contexts_.cancel();
            }
        }
    };

    RpcTicket ticket_;  // first, and so the last to go: the contexts refer to the channel
    KserveTarget& target_;
    RpcContexts contexts_;
    Completion<T> done_;
    std::optional<std::stop_callback<Cancel>> on_cancel_;
    std::optional<std::stop_callback<Cancel>> on_close_;
};

}  // namespace inference
