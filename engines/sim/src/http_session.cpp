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

std::string text_of(const Response& response) {
    std::ostringstream text;
    text << response;
    return std::move(text).str();
}

/// The head of an answer in parts.
std::string head_of(const HttpAnswer& answer, const HttpRequest& request) {
    Response response = response_of(answer, request);
    response.body().clear();
    response.erase(http::field::content_length);
    response.chunked(true);
    std::ostringstream text;
    text << response.base();
    return std::move(text).str();
}

std::string chunk_head(std::size_t size) {
    std::ostringstream head;
    head << std::hex << size << "\r\n";
    return std::move(head).str();
}

bool is_damaged(const HttpAnswer& answer) {
    return answer.stall_after || answer.reset_after || answer.truncate || answer.drip;
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
    if (writer_) {
        writer_->stop();
    }
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
    connect(exchange);
    handler_(exchange);
    watch_for_close();
}

void HttpSession::connect(const std::shared_ptr<HttpExchange>& exchange) {
    // An exchange may outlive its session, and a session goes on to the next exchange.
    const auto guarded = [weak = weak_from_this(),
                          handle = std::weak_ptr(exchange)](auto&& act, auto&&... arguments) {
        const auto self = weak.lock();
        const auto current = handle.lock();
        if (self && current && self->exchange_ == current) {
            act(*self, std::forward<decltype(arguments)>(arguments)...);
        }
    };
    exchange->respond = [guarded](const HttpAnswer& answer) {
        guarded([](HttpSession& self, const auto& it) { self.respond(it); }, answer);
    };
    exchange->open = [guarded](const HttpAnswer& answer) {
        guarded(
            [](HttpSession& self, const auto& it) {
                self.open(it, head_of(it, self.exchange_->request));
            },
            answer
        );
    };
    exchange->send = [guarded](const std::string& part) {
        guarded([](HttpSession& self, const auto& it) { self.send(it); }, part);
    };
    exchange->send_half = [guarded](const std::string& part) {
        guarded([](HttpSession& self, const auto& it) { self.send_half(it); }, part);
    };
    exchange->end = [guarded](HttpEnd end) {
        guarded([](HttpSession& self, HttpEnd it) { self.end(it); }, end);
    };
    exchange->reset = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->reset();
        }
    };
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
    if (exchange && exchange->on_closed) {
        exchange->on_closed();
    }
    close();
}

void HttpSession::respond(const HttpAnswer& answer) {
    if (answer.stall_after == 0) {
        return;  // The watch goes on, and ends the exchange when the client gives up.
    }
    if (answer.reset_after == 0) {
        reset();
        return;
    }
    if (answer.close) {
        close();
        return;
    }
    if (answer.chunked) {
        open(answer, head_of(answer, exchange_->request));
        answer.truncate ? send_half(answer.body) : send(answer.body);
        end(answer.truncate ? HttpEnd::kClosed : HttpEnd::kWhole);
    } else if (is_damaged(answer)) {
        std::string whole = text_of(response_of(answer, exchange_->request));
        whole.resize(whole.size() - (answer.truncate ? answer.body.size() / 2 : 0));
        open(answer, std::move(whole));
        writer_->end(answer.truncate ? HttpEnd::kClosed : HttpEnd::kWhole);
    } else {
        respond_undamaged(answer);
    }
}

void HttpSession::respond_undamaged(const HttpAnswer& answer) {
    const auto exchange = std::exchange(exchange_, nullptr);
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

void HttpSession::open(const HttpAnswer& answer, std::string head) {
    keep_alive_ = exchange_->request.keep_alive();
    writer_ = std::make_shared<HttpWriter>(
        stream_,
        HttpWriter::Damage{answer.reset_after, answer.stall_after, answer.drip},
        weak_from_this(),
        [this](HttpWriter::Outcome outcome) { on_sent(outcome); }
    );
    writer_->send(std::move(head));
}

void HttpSession::send(const std::string& part) {
    if (!part.empty()) {  // An empty chunk is the end.
        writer_->send(chunk_head(part.size()) + part + "\r\n");
    }
}

void HttpSession::send_half(const std::string& part) {
    writer_->send(chunk_head(part.size()) + part.substr(0, part.size() / 2));
}

void HttpSession::end(HttpEnd end) {
    if (end == HttpEnd::kWhole) {
        writer_->send("0\r\n\r\n");
    }
    writer_->end(end);
}

void HttpSession::on_sent(HttpWriter::Outcome outcome) {
    switch (outcome) {
        case HttpWriter::Outcome::kBroken: on_closed(); return;
        case HttpWriter::Outcome::kReset: reset(); return;
        case HttpWriter::Outcome::kClosed: close(); return;
        case HttpWriter::Outcome::kWhole: break;
    }
    exchange_.reset();
    writer_.reset();
    if (!keep_alive_) {
        close();
        return;
    }
    stream_.socket().cancel();  // ends the watch
    read(idle_timeout_);
}

}  // namespace engine_sim
