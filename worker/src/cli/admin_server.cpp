#include "cli/admin_server.hpp"

#include "cli/server_target.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace inference::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

/// One connection, kept alive by the operation under way.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, const AdminPages& pages)
        : stream_(std::move(socket)), pages_(pages) {}

    void start() {
        constexpr std::chrono::seconds kPatience{5};
        constexpr std::uint32_t kHeaderLimit = 16'384;
        stream_.expires_after(kPatience);
        parser_.header_limit(kHeaderLimit);
        parser_.body_limit(0);
        http::async_read(
            stream_,
            buffer_,
            parser_,
            [self = shared_from_this()](beast::error_code error, std::size_t) {
                if (!error) {
                    self->answer();
                }
            }
        );
    }

private:
    void answer() {
        const auto& request = parser_.get();
        const bool head = request.method() == http::verb::head;
        AdminPage page = request.method() == http::verb::get || head
                             ? find(std::string(request.target()))
                             : AdminPage{.status = 405, .body = "only GET is served\n"};
        response_.result(static_cast<unsigned>(page.status));
        response_.set(http::field::content_type, page.content_type);
        response_.set(http::field::cache_control, "no-store");
        response_.keep_alive(false);
        response_.body() = std::move(page.body);
        response_.prepare_payload();
        if (head) {
            response_.body().clear();
        }
        http::async_write(
            stream_,
            response_,
            [self = shared_from_this()](beast::error_code, std::size_t) {
                beast::error_code ignored;
                self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
            }
        );
    }

    AdminPage find(const std::string& target) const {
        const auto page = pages_.find(target.substr(0, target.find('?')));
        if (page == pages_.end()) {
            return {.status = 404, .body = "there is no such page\n"};
        }
        try {
            return page->second();
        } catch (const std::exception& error) {
            return {.status = 503, .body = std::string(error.what()) + "\n"};
        }
    }

    beast::tcp_stream stream_;
    const AdminPages& pages_;
    beast::flat_buffer buffer_;
    http::request_parser<http::empty_body> parser_;
    http::response<http::string_body> response_;
};

tcp::acceptor listen_on(asio::io_context& io, const std::string& listen) {
    const auto target = server_target(listen);
    if (!target) {
        throw std::system_error(std::make_error_code(std::errc::invalid_argument), listen);
    }
    try {
        const auto found =
            tcp::resolver(io).resolve(target->host, target->port, tcp::resolver::passive);
        // With SO_REUSEADDR, so that a restart need not wait for old connections.
        return {io, found.begin()->endpoint(), true};
    } catch (const boost::system::system_error& error) {
        throw std::system_error(
            static_cast<std::error_code>(error.code()),
            "cannot listen on " + listen + " (admin.listen)"
        );
    }
}

std::string to_text(const tcp::endpoint& endpoint) {
    std::ostringstream text;
    text << endpoint;
    return text.str();
}

}  // namespace

class AdminServer::Impl {
public:
    Impl(const std::string& listen, AdminPages pages)
        : pages_(std::move(pages)),
          acceptor_(listen_on(io_, listen)),
          address_(to_text(acceptor_.local_endpoint())) {
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }

    ~Impl() {
        io_.stop();
        thread_.join();
    }

    [[nodiscard]] const std::string& address() const noexcept { return address_; }

private:
    void accept() {
        acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
            if (!error) {
                std::make_shared<Session>(std::move(socket), pages_)->start();
            }
            if (error == asio::error::no_descriptors) {
                // Accepting again at once would spin; the next connection has to wait a little.
                retry_.expires_after(std::chrono::milliseconds(100));
                retry_.async_wait([this](beast::error_code) { accept(); });
            } else {
                accept();
            }
        });
    }

    asio::io_context io_{1};
    const AdminPages pages_;
    tcp::acceptor acceptor_;
    asio::steady_timer retry_{io_};
    std::string address_;
    std::thread thread_;
};

AdminServer::AdminServer(const std::string& listen, AdminPages pages)
    : impl_(std::make_unique<Impl>(listen, std::move(pages))) {}

AdminServer::~AdminServer() = default;

const std::string& AdminServer::address() const noexcept {
    return impl_->address();
}

}  // namespace inference::cli
