/// @file http_server.hpp
/// @brief A listening port and its connections.
#pragma once

#include "http_exchange.hpp"
#include "http_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace engine_sim {

/// The port is taken by the constructor (0 picks a free one) and kept until the end, also while `refuse` makes
/// the kernel refuse connections: nobody else can get it in between.
/// Errors: the constructor throws boost::system::system_error if the port is taken.
/// Threads: the I/O thread only.
class HttpServer {
public:
    HttpServer(
        boost::asio::io_context& io,
        const boost::asio::ip::tcp::endpoint& endpoint,
        HttpHandler handler,
        std::chrono::milliseconds idle_timeout
    );

    std::uint16_t port() const { return endpoint_.port(); }

    void listen();

    /// New connections are refused and open ones reset, as if the process had died.
    void refuse();

private:
    void bind();
    void accept();
    void forget_closed_sessions();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::ip::tcp::endpoint endpoint_;
    HttpHandler handler_;
    std::chrono::milliseconds idle_timeout_;
    std::vector<std::weak_ptr<HttpSession>> sessions_;
    std::size_t sweep_at_ = 64;
};

}  // namespace engine_sim
