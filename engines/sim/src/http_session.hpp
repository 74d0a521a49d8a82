/// @file http_session.hpp
/// @brief One HTTP/1.1 connection.
#pragma once

#include "http_exchange.hpp"
#include "http_writer.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace engine_sim {

/// Reads a request, hands it to the handler, sends the answer, and so on until either side closes.
///
/// While the handler works, a client that hangs up is noticed at once. An idle connection is closed after
/// `idle_timeout`, as by vLLM.
/// Threads: the I/O thread only.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
public:
    HttpSession(
        boost::asio::ip::tcp::socket socket,
        HttpHandler handler,
        std::chrono::milliseconds idle_timeout
    );

    void start();

    /// Drops the connection at once; the peer sees a reset.
    void reset();

private:
    void read(std::chrono::milliseconds timeout);
    void on_read(boost::system::error_code error);
    void watch_for_close();
    bool peer_has_closed();
    void on_closed();

    void connect(const std::shared_ptr<HttpExchange>& exchange);
    void respond(const HttpAnswer& answer);
    void respond_undamaged(const HttpAnswer& answer);
    void open(const HttpAnswer& answer, std::string head);
    void send(const std::string& part);
    void send_half(const std::string& part);
    void end(HttpEnd end);
    void on_sent(HttpWriter::Outcome outcome);
    void close();

    boost::beast::tcp_stream stream_;
    HttpHandler handler_;
    std::chrono::milliseconds idle_timeout_;
    boost::beast::flat_buffer buffer_;
    std::unique_ptr<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    std::shared_ptr<HttpExchange> exchange_;  // the request that waits for its answer
    std::shared_ptr<HttpWriter> writer_;  // of an answer in parts, or damaged
    bool keep_alive_ = false;  // after that answer
};

}  // namespace engine_sim
