#include "cli/free_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <optional>
#include <system_error>

namespace inference::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Listens on the port for a moment; 0 is any. Gives the port.
std::optional<std::uint16_t> try_port(std::uint16_t port, boost::system::error_code& error) {
    asio::io_context io;
    tcp::acceptor acceptor(io);
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    acceptor.open(endpoint.protocol(), error);
    // A port whose last connections linger is free for a server that reuses addresses, which all of them do.
    if (!error) {
        acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(1, error);
    }
    return error ? std::nullopt : std::optional(acceptor.local_endpoint().port());
}

}  // namespace

bool is_free(std::uint16_t port) {
    boost::system::error_code error;
    return try_port(port, error).has_value();
}

std::uint16_t free_port(std::uint16_t wanted) {
    boost::system::error_code error;
    auto port = try_port(wanted, error);
    if (!port) {
        port = try_port(0, error);
    }
    if (!port) {
        throw std::system_error(static_cast<std::error_code>(error), "there is no free port");
    }
    return *port;
}

}  // namespace inference::cli
