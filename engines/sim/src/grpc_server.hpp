/// @file grpc_server.hpp
/// @brief A gRPC port that can be closed and opened again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace engine_sim {

/// Threads: one at a time; `stop` blocks until every call has been finished, so not the I/O thread.
class GrpcServer {
public:
    using MakeService = std::function<std::unique_ptr<grpc::Service>()>;

    /// Port 0 picks a free one, which is kept from then on, also while the server is stopped.
    GrpcServer(
        boost::asio::io_context& io, std::string host, std::uint16_t port, MakeService make_service
    );

    std::uint16_t port() const { return port_; }

    /// Errors: std::runtime_error if the port is taken.
    void start();

    void stop();

private:
    void keep_port();

    std::string host_;
    std::uint16_t port_;
    MakeService make_service_;
    boost::asio::ip::tcp::acceptor keeper_;
    std::unique_ptr<grpc::Service> service_;  // A service can be served by one server only, once.
    std::unique_ptr<grpc::Server> server_;
};

}  // namespace engine_sim
