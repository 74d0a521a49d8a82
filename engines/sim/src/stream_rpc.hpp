/// @file stream_rpc.hpp
/// @brief One ModelStreamInfer call between gRPC's threads and the I/O thread.
#pragma once

#include "kserve_v2.pb.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <queue>
#include <utility>

namespace engine_sim {

using StreamReactorBase =
    grpc::ServerBidiReactor<kserve::ModelInferRequest, kserve::ModelStreamInferResponse>;

/// The I/O thread's end of a stream.
///
/// Threads: the I/O thread only. Destroy: at any time; the call itself lives until it is finished.
class StreamRpc {
public:
    std::function<void(const std::shared_ptr<kserve::ModelInferRequest>&)> on_request;
    /// No more requests will come. Called once, whatever happens.
    std::function<void()> on_half_close;
    /// Cancel: called once if the client goes away before `finish`, which it must call.
    std::function<void()> on_cancel;

    /// Responses leave in order.
    void send(kserve::ModelStreamInferResponse response) {
        if (reactor_ != nullptr && !is_ending_) {
            waiting_.push(std::move(response));
            if (waiting_.size() == 1) {
                write();
            }
        }
    }

    /// After what was sent. Only the first counts.
    void finish(const grpc::Status& status) {
        if (!std::exchange(is_ending_, true)) {
            status_ = status;
            finish_if_idle();
        }
    }

    /// At once, whatever has not left.
    void drop(const grpc::Status& status) {
        is_ending_ = true;
        const auto unused = std::exchange(on_cancel, nullptr);
        if (auto* const reactor = std::exchange(reactor_, nullptr)) {
            reactor->Finish(status);
        }
    }

    bool is_finished() const { return reactor_ == nullptr; }

private:
    friend class StreamReactor;

    void write() { reactor_->StartWrite(&waiting_.front()); }

    void on_written() {
        waiting_.pop();
        if (reactor_ == nullptr) {
            return;
        }
        if (waiting_.empty()) {
            finish_if_idle();
        } else {
            write();
        }
    }

    void finish_if_idle() {
        if (is_ending_ && waiting_.empty()) {
            drop(status_);
        }
    }

    StreamReactorBase* reactor_ = nullptr;
    std::queue<kserve::ModelStreamInferResponse> waiting_;  // the first is being written
    bool is_ending_ = false;
    grpc::Status status_;
};

/// gRPC's end of a stream; deletes itself when gRPC is done with it.
class StreamReactor final : public StreamReactorBase {
public:
    explicit StreamReactor(boost::asio::io_context& io) : io_(io) { rpc_->reactor_ = this; }

    std::shared_ptr<StreamRpc> rpc() const { return rpc_; }

    /// The callbacks of `rpc` are set.
    void start() { StartRead(&request_); }

private:
    void OnReadDone(bool ok) override {
        if (!ok) {
            boost::asio::post(io_, [rpc = rpc_] { std::exchange(rpc->on_half_close, nullptr)(); });
            return;
        }
        const auto request = std::make_shared<kserve::ModelInferRequest>(std::move(request_));
        boost::asio::post(io_, [rpc = rpc_, request] { rpc->on_request(request); });
        request_.Clear();
        StartRead(&request_);
    }

    void OnWriteDone(bool) override {
        boost::asio::post(io_, [rpc = rpc_] { rpc->on_written(); });
    }

    void OnCancel() override {
        boost::asio::post(io_, [rpc = rpc_] {
            if (!rpc->is_finished() && rpc->on_cancel) {
                std::exchange(rpc->on_cancel, nullptr)();
            }
        });
    }

    void OnDone() override { delete this; }

    boost::asio::io_context& io_;
    kserve::ModelInferRequest request_;
    std::shared_ptr<StreamRpc> rpc_ = std::make_shared<StreamRpc>();
};

}  // namespace engine_sim
