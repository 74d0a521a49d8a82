/// @file rpc.hpp
/// @brief One unary gRPC call between gRPC's threads and the I/O thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <utility>

namespace engine_sim {

/// The I/O thread's end of a call.
///
/// Threads: the I/O thread only. Destroy: at any time; the call itself lives until it is finished.
class Rpc {
public:
    /// Cancel: called once if the client goes away or its deadline passes before `finish`, which it must call.
    std::function<void()> on_cancel;

    /// The response must be filled in by now. Only the first counts.
    void finish(const grpc::Status& status) {
        if (auto* const reactor = std::exchange(reactor_, nullptr)) {
            reactor->Finish(status);
        }
    }

    bool is_finished() const { return reactor_ == nullptr; }

private:
    friend class RpcReactor;

    grpc::ServerUnaryReactor* reactor_ = nullptr;
};

/// gRPC's end of a call; deletes itself when gRPC is done with it.
class RpcReactor final : public grpc::ServerUnaryReactor {
public:
    explicit RpcReactor(boost::asio::io_context& io) : io_(io) { rpc_->reactor_ = this; }

    std::shared_ptr<Rpc> rpc() const { return rpc_; }

private:
    void OnCancel() override {
        boost::asio::post(io_, [rpc = rpc_] {
            if (!rpc->is_finished() && rpc->on_cancel) {
                std::exchange(rpc->on_cancel, nullptr)();
            }
        });
    }

    void OnDone() override { delete this; }

    boost::asio::io_context& io_;
    std::shared_ptr<Rpc> rpc_ = std::make_shared<Rpc>();
};

}  // namespace engine_sim
