#include "bridge/rpc.hpp"

#include "bridge/connection.hpp"
#include "bridge/core_abi.hpp"
#include "bridge/core_thread.hpp"
#include "bridge/one_shot.hpp"
#include "bridge/rpc_error.hpp"

#include <algorithm>
#include <utility>

namespace temporal::bridge {

struct RpcCancel::Owned {
    CancelHandle handle{tcore_cancel_new()};
};

RpcCancel::RpcCancel() : owned_(std::make_unique<Owned>()) {}
RpcCancel::~RpcCancel() = default;

void RpcCancel::fire() noexcept {
    tcore_cancel_fire(owned_->handle.get());
}

tcore_cancel* RpcCancel::handle() const noexcept {
    return owned_->handle.get();
}

namespace {

/// What one call needs until its callback has fired.
struct PendingCall {
    std::shared_ptr<RpcCancel> cancel;
    RpcDone done;
};

// noexcept: an exception of `done` would be lost inside core, and with it whoever waits; so it ends
// the process.
void on_answer(
    void* user, std::int32_t code, tcore_buf response, tcore_buf message, tcore_buf details
) noexcept {
    const CoreThreadScope scope;
    const std::unique_ptr<PendingCall> pending{static_cast<PendingCall*>(user)};
    RpcOutcome outcome{.code = code, .response = take(response), .message = {}, .details = {}};
    outcome.message = take(message).str();
    outcome.details = take(details).str();
    pending->done(std::move(outcome));
}

std::uint64_t whole_milliseconds(std::chrono::nanoseconds timeout) {
    const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(rounded_up, 1));
}

}  // namespace

void call_async(
    const Connection& connection,
    const RpcCall& call,
    std::shared_ptr<RpcCancel> cancel,
    RpcDone done
) {
    auto pending = std::make_unique<PendingCall>(
        PendingCall{.cancel = std::move(cancel), .done = std::move(done)}
    );
    tcore_cancel* const cancel_handle =
        pending->cancel == nullptr ? nullptr : pending->cancel->handle();
    tcore_rpc(
        connection.handle(),
        static_cast<std::uint32_t>(call.service),
        lend(call.method),
        lend(call.request),
        lend("{}"),
        call.retry ? TCORE_RPC_RETRY : 0,
        whole_milliseconds(call.timeout),
        cancel_handle,
        &on_answer,
        pending.release()
    );
}

Buffer call(const Connection& connection, const RpcCall& call, const std::stop_token& stop) {
    const auto shot = std::make_shared<OneShot<RpcOutcome>>();
    const auto cancel = std::make_shared<RpcCancel>();
    call_async(connection, call, cancel, [shot](RpcOutcome outcome) {
        shot->set(std::move(outcome));
    });

    // Core answers a cancelled call too, so the wait itself needs no way out.
    const std::stop_callback fire_on_stop{stop, [&cancel] { cancel->fire(); }};
    RpcOutcome outcome = shot->wait();
    if (outcome.code != 0) {
        throw_rpc_error(call.method, outcome);
    }
    return std::move(outcome.response);
}

}  // namespace temporal::bridge
