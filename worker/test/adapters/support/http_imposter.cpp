#include "support/http_imposter.hpp"

#include "support/outcome_box.hpp"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace inference::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

std::string to_string(beast::string_view text) {
    return {text.data(), text.size()};
}

SeenRequest seen(const http::request<http::string_body>& request) {
    SeenRequest result{
        .method = to_string(request.method_string()),
        .target = to_string(request.target()),
        .headers = {},
        .body = request.body()
    };
    for (const auto& field : request) {
        result.headers[lower(to_string(field.name_string()))] = to_string(field.value());
    }
    return result;
}

}  // namespace

Reaction reply(int status, std::string body, std::string content_type, std::string more_headers) {
    return {
        .bytes = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\nContent-Type: " +
                 content_type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
                 more_headers + "\r\n" + body
    };
}

Reaction reply_json(std::string body) {
    return reply(200, std::move(body));
}

Reaction hold() {
    return {.bytes = {}, .then = Reaction::Then::kHold};
}

Reaction reset(std::string bytes_before) {
    return {.bytes = std::move(bytes_before), .then = Reaction::Then::kReset};
}

Reaction close(std::string bytes_before) {
    return {.bytes = std::move(bytes_before), .then = Reaction::Then::kClose};
}

std::string stream_head(std::string_view content_type) {
    return "HTTP/1.1 200 Scripted\r\nContent-Type: " + std::string(content_type) +
           "\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string stream_piece(std::string_view body) {
    std::ostringstream size;
    size << std::hex << body.size();
    return size.str() + "\r\n" + std::string(body) + "\r\n";
}

std::string stream_end() {
    return "0\r\n\r\n";
}

Reaction reply_stream(std::string_view body) {
    return {.bytes = stream_head() + stream_piece(body) + stream_end()};
}

std::string sse(std::string_view data) {
    return "data: " + std::string(data) + "\n\n";
}

class HttpImposter::Server : public std::enable_shared_from_this<Server> {
public:
    explicit Server(Handler handler)
        : handler_(std::move(handler)),
          acceptor_(io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
        acceptor_.listen(4096);
    }

    void start() {
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }

    void stop() {
        asio::post(io_, [this] {
            error_code ignored;
            acceptor_.close(ignored);
            io_.stop();
        });
        thread_.join();
    }

    int port() const { return acceptor_.local_endpoint().port(); }

    template <class Read>
    auto read(Read read) const {
        const std::lock_guard lock(mutex_);
        return read(log_);
    }

    template <class Predicate>
    void wait_until(const char* what, Predicate predicate) const {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, kPatience, [&] { return predicate(log_); })) {
            throw std::runtime_error(std::string("the server never saw ") + what);
        }
    }

    void release(const std::string& bytes, Reaction::Then then) {
        asio::post(io_, [this, bytes, then] {
            for (const auto& connection : std::exchange(held_, {})) {
                connection->react({.bytes = bytes, .then = then});
            }
        });
    }

private:
    struct Log {
        std::vector<SeenRequest> requests;
        int connections = 0;
        int closed_by_client = 0;
        int held = 0;
        std::chrono::steady_clock::time_point last_closed_by_client;
    };

    /// Reads the next request while it answers this one, and so sees at once when the client goes away.
    class Connection : public std::enable_shared_from_this<Connection> {
    public:
        Connection(Server& server, tcp::socket socket, int number)
            : server_(server), socket_(std::move(socket)), number_(number) {
            socket_.set_option(tcp::no_delay(true));
        }

        void read() {
            parser_.emplace();
            parser_->body_limit(std::uint64_t{1} << 30);
            http::async_read_header(
                socket_,
                buffer_,
                *parser_,
                [self = this->shared_from_this()](error_code error, std::size_t) {
                    self->on_header(error);
                }
            );
        }

        void react(Reaction reaction) {
            if (reaction.bytes.empty(
                )) {  // at once, so that a request that has been seen is also held
                after(reaction.then);
                return;
            }
            bytes_ = std::move(reaction.bytes);
            write(0, reaction.drips ? 1 : bytes_.size(), reaction.then);
        }

    private:
        void write(std::size_t begin, std::size_t step, Reaction::Then then) {
            asio::async_write(
                socket_,
                asio::buffer(bytes_.data() + begin, step),
                [self = this->shared_from_this(), begin, step, then](
                    error_code error, std::size_t
                ) {
                    if (error || begin + step == self->bytes_.size()) {
                        self->after(then);
                    } else {
                        self->write(begin + step, step, then);
                    }
                }
            );
        }

        // A client that asks whether it may send its body waits for the answer.
        void on_header(error_code error) {
            if (!error && parser_->get()[http::field::expect] == "100-continue") {
                constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
                asio::write(socket_, asio::buffer(kGoOn), error);
            }
            if (error) {
                on_read(error);
                return;
            }
            http::async_read(
                socket_,
                buffer_,
                *parser_,
                [self = this->shared_from_this()](error_code failure, std::size_t) {
                    self->on_read(failure);
                }
            );
        }

        void on_read(error_code error) {
            if (error) {
                server_.note([this](Log& log) {
                    log.closed_by_client += ended_ ? 0 : 1;
                    log.last_closed_by_client = std::chrono::steady_clock::now();
                });
                return;
            }
            SeenRequest request = seen(parser_->get());
            request.connection = number_;
            request.number_on_connection = ++requests_;
            server_.note([&request](Log& log) { log.requests.push_back(request); });
            react(server_.handler_(request));
            read();
        }

        void after(Reaction::Then then) {
            error_code ignored;
            switch (then) {
                case Reaction::Then::kKeepOpen: return;
                case Reaction::Then::kHold:
                    server_.held_.push_back(this->shared_from_this());
                    server_.note([](Log& log) { ++log.held; });
                    return;
                case Reaction::Then::kReset:
                    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
                    break;
                case Reaction::Then::kClose:
                    socket_.shutdown(tcp::socket::shutdown_send, ignored);
                    break;
            }
            ended_ = true;
            socket_.close(ignored);
        }

        Server& server_;
        tcp::socket socket_;
        const int number_;
        int requests_ = 0;
        bool ended_ = false;
        beast::flat_buffer buffer_;
        std::optional<http::request_parser<http::string_body>> parser_;
        std::string bytes_;
    };

    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (error) {
                return;
            }
            int number = 0;
            note([&number](Log& log) { number = ++log.connections; });
            std::make_shared<Connection>(*this, std::move(socket), number)->read();
            accept();
        });
    }

    template <class Change>
    void note(Change change) {
        const std::lock_guard lock(mutex_);
        change(log_);
        changed_.notify_all();
    }

    const Handler handler_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    Log log_;
    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::vector<std::shared_ptr<Connection>> held_;
    std::thread thread_;
};

HttpImposter::HttpImposter(Handler handler)
    : server_(std::make_shared<Server>(std::move(handler))) {
    server_->start();
}

HttpImposter::~HttpImposter() {
    server_->stop();
}

std::string HttpImposter::url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
}

int HttpImposter::port() const {
    return server_->port();
}

std::vector<SeenRequest> HttpImposter::requests() const {
    return server_->read([](const auto& log) { return log.requests; });
}

int HttpImposter::connections() const {
    return server_->read([](const auto& log) { return log.connections; });
}

void HttpImposter::wait_for_requests(std::size_t count) const {
    server_->wait_until("so many requests", [count](const auto& log) {
        return log.requests.size() >= count;
    });
}

void HttpImposter::wait_for_closed_by_client(int count) const {
    server_->wait_until("the client close", [count](const auto& log) {
        return log.closed_by_client >= count;
    });
}

std::chrono::steady_clock::time_point HttpImposter::last_closed_by_client() const {
    return server_->read([](const auto& log) { return log.last_closed_by_client; });
}

void HttpImposter::wait_for_held(int count) const {
    server_->wait_until("so many requests held", [count](const auto& log) {
        return log.held >= count;
    });
}

void HttpImposter::release(const std::string& bytes, Reaction::Then then) {
    server_->release(bytes, then);
}

}  // namespace inference::testing
