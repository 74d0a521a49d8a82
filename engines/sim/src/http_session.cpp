#include "http_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <sstream>
#include <utility>

namespace engine_sim {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

using boost::system::error_code;

// For the first request, and for one that is on its way.
constexpr std::chrono::seconds kReadTimeout{30};
constexpr std::size_t kLargestBody = 256U << 20U;

using Response = http::response<http::string_body>;

Response response_of(const HttpAnswer& answer, const HttpRequest& request) {
    Response response;
    response.version(request.version());
    response.result(static_cast<unsigned>(answer.status));
    response.set(http::field::server, "engine-sim");
    response.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) {
        response.set(name, value);
    }
    response.keep_alive(request.keep_alive());
    response.body() = answer.body;
    response.prepare_payload();
    return response;
}

/// As much of an answer as is to leave.
std::string damaged(const HttpAnswer& answer, const HttpRequest& request) {
    std::ostringstream text;
    text << response_of(answer, request);
    std::string bytes = std::move(text).str();
    if (answer.truncate) {
        bytes.resize(bytes.size() - answer.body.size() / 2);
    }
    const auto limit = answer.reset_after ? answer.reset_after : answer.stall_after;
    bytes.resize(std::min(bytes.size(), limit.value_or(bytes.size())));
    return bytes;
}

}  // namespace

HttpSession::HttpSession(
    asio::ip::tcp::socket socket, HttpHandler handler, std::chrono::milliseconds idle_timeout
)
    : stream_(std::move(socket)), handler_(std::move(handler)), idle_timeout_(idle_timeout) {}

void HttpSession::start() {
    error_code ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    // Only for the look in peer_has_closed(); the rest is asynchronous anyway.
    stream_.socket().non_blocking(true, ignored);
    read(kReadTimeout);
}

void HttpSession::reset() {
    error_code ignored;
    stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

void HttpSession::close() {
    exchange_.reset();
    stream_.close();
}

void HttpSession::read(std::chrono::milliseconds timeout) {
    parser_ = std::make_unique<http::request_parser<http::string_body>>();
    parser_->body_limit(kLargestBody);
    stream_.expires_after(timeout);
    http::async_read(
        stream_,
        buffer_,
        *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); }
    );
}

void HttpSession::on_read(error_code error) {
    if (error) {
        close();
        return;
    }
    stream_.expires_never();
    const auto exchange = std::make_shared<HttpExchange>();
    exchange_ = exchange;
    exchange->request = parser_->release();
    exchange->respond = [weak = weak_from_this(),
                         handle = std::weak_ptr(exchange)](const HttpAnswer& answer) {
        const auto self = weak.lock();
        const auto answered = handle.lock();
        if (self && answered && self->exchange_ == answered) {
            self->respond(answered, answer);
        }
    };
    exchange->reset = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->reset();
        }
    };
    handler_(exchange);
    watch_for_close();
}

void HttpSession::watch_for_close() {
    if (!exchange_) {
        return;
    }
    stream_.socket().async_wait(
        asio::socket_base::wait_read,
        [self = shared_from_this(), exchange = exchange_](error_code error) {
            if (!error && self->exchange_ == exchange && self->peer_has_closed()) {
                self->on_closed();
            }
        }
    );
}

bool HttpSession::peer_has_closed() {
    std::array<char, 1> byte{};
    error_code error;
    const std::size_t size =
        stream_.socket().receive(asio::buffer(byte), asio::socket_base::message_peek, error);
    // A byte is the next request, sent ahead; nobody watches any more then, for it would hide the end.
    return error != asio::error::would_block && size == 0;
}

void HttpSession::on_closed() {
    const auto exchange = std::exchange(exchange_, nullptr);
    if (exchange->on_closed) {
        exchange->on_closed();
    }
    close();
}

void HttpSession::respond(const std::shared_ptr<HttpExchange>& exchange, const HttpAnswer& answer) {
    if (answer.stall_after == 0) {
        return;  // The watch goes on, and ends the exchange when the client gives up.
    }
    if (answer.reset_after == 0) {
        reset();
        return;
    }
    if (answer.stall_after || answer.reset_after || answer.truncate) {
        send_damaged(answer);
        return;
    }
    exchange_.reset();
    stream_.socket().cancel();  // ends the watch
    const auto response = std::make_shared<Response>(response_of(answer, exchange->request));
    stream_.expires_after(kReadTimeout);
    http::async_write(
        stream_,
        *response,
        [self = shared_from_this(), response](error_code error, std::size_t) {
            if (error || response->need_eof()) {
                self->close();
            } else {
                self->read(self->idle_timeout_);
            }
        }
    );
}

void HttpSession::send_damaged(const HttpAnswer& answer) {
    const auto bytes = std::make_shared<std::string>(damaged(answer, exchange_->request));
    asio::async_write(
        stream_,
        asio::buffer(*bytes),
        [self = shared_from_this(), bytes, answer](error_code error, std::size_t) {
            if (answer.stall_after && !error) {
                return;  // as above
            }
            if (answer.reset_after) {
                self->reset();
            } else {
                self->close();
            }
        }
    );
}

}  // namespace engine_sim
