#include "http_server.hpp"

#include <boost/asio/socket_base.hpp>

#include <utility>

namespace engine_sim {

namespace asio = boost::asio;
using boost::system::error_code;

HttpServer::HttpServer(
    asio::io_context& io,
    const asio::ip::tcp::endpoint& endpoint,
    HttpHandler handler,
    std::chrono::milliseconds idle_timeout
)
    : acceptor_(io),
      endpoint_(endpoint),
      handler_(std::move(handler)),
      idle_timeout_(idle_timeout) {
    bind();
}

void HttpServer::bind() {
    acceptor_.open(endpoint_.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint_);
    endpoint_ = acceptor_.local_endpoint();
}

void HttpServer::listen() {
    acceptor_.listen();
    accept();
}

void HttpServer::refuse() {
    acceptor_.close();
    for (const auto& session : std::exchange(sessions_, {})) {
        if (const auto open = session.lock()) {
            open->reset();
        }
    }
    // A socket that is bound but does not listen keeps the port and answers with a reset.
    bind();
}

void HttpServer::accept() {
    acceptor_.async_accept([this](error_code error, asio::ip::tcp::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) {
            return;
        }
        if (!error) {
            const auto session =
                std::make_shared<HttpSession>(std::move(socket), handler_, idle_timeout_);
            forget_closed_sessions();
            sessions_.push_back(session);
            session->start();
        }
        accept();
    });
}

void HttpServer::forget_closed_sessions() {
    if (sessions_.size() < sweep_at_) {
        return;
    }
    std::erase_if(sessions_, [](const auto& session) { return session.expired(); });
    sweep_at_ = 2 * sessions_.size() + 64;
}

}  // namespace engine_sim
