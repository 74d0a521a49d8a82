#include "adapters/kserve/rpc_gate.hpp"

#include <utility>

namespace inference {

void RpcGate::enter() {
    const std::lock_guard lock(mutex_);
    ++inside_;
}

void RpcGate::leave() {
    const std::lock_guard lock(mutex_);
    --inside_;
    changed_.notify_all();
}

void RpcGate::wait_until_empty() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return inside_ == 0; });
}

RpcTicket::RpcTicket(std::shared_ptr<RpcGate> gate) : gate_(std::move(gate)) {
    gate_->enter();
}

RpcTicket::~RpcTicket() {
    gate_->leave();
}

}  // namespace inference
