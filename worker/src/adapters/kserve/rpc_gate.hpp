/// @file adapters/kserve/rpc_gate.hpp
/// @brief Knows whether calls still exist, so that what they refer to outlives them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

namespace inference {

/// Threads: any.
class RpcGate {
public:
    void enter();
    void leave();
    void wait_until_empty();

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int inside_ = 0;
};

/// Inside the gate for as long as it exists.
class RpcTicket {
public:
    explicit RpcTicket(std::shared_ptr<RpcGate> gate);
    RpcTicket(const RpcTicket&) = delete;
    RpcTicket& operator=(const RpcTicket&) = delete;
    ~RpcTicket();

private:
    std::shared_ptr<RpcGate> gate_;
};

}  // namespace inference
