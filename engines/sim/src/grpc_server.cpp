#include "grpc_server.hpp"

#include <boost/asio/ip/address.hpp>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <limits>
#include <stdexcept>
#include <utility>

namespace engine_sim {

GrpcServer::GrpcServer(
    boost::asio::io_context& io, std::string host, std::uint16_t port, MakeService make_service
)
    : host_(std::move(host)), port_(port), make_service_(std::move(make_service)), keeper_(io) {
    keep_port();
}

void GrpcServer::start() {
    keeper_.close();
    service_ = make_service_();
    grpc::ServerBuilder builder;
    int bound = 0;
    builder.AddListeningPort(
        host_ + ":" + std::to_string(port_), grpc::InsecureServerCredentials(), &bound
    );
    // Two servers on one port would share its calls without a word.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.SetMaxReceiveMessageSize(std::numeric_limits<int>::max());
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    if (!server_ || bound == 0) {
        throw std::runtime_error("cannot listen on " + host_ + ":" + std::to_string(port_));
    }
}

void GrpcServer::stop() {
    if (!server_) {
        return;
    }
    server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
    service_.reset();
    keep_port();
}

void GrpcServer::keep_port() {
    // Bound but not listening: connections are refused, and nobody else can take the port.
    using boost::asio::ip::tcp;
    const tcp::endpoint endpoint(boost::asio::ip::make_address(host_), port_);
    keeper_.open(endpoint.protocol());
    keeper_.set_option(tcp::acceptor::reuse_address(true));
    keeper_.bind(endpoint);
    port_ = keeper_.local_endpoint().port();
}

}  // namespace engine_sim
