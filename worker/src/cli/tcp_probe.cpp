#include "cli/tcp_probe.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace inference::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::uint16_t port_number(const std::string& text) {
    std::uint16_t port = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, port);
    if (error != std::errc() || end != last || port == 0) {
        throw std::system_error(
            std::make_error_code(std::errc::invalid_argument), "port '" + text + "'"
        );
    }
    return port;
}

[[noreturn]] void raise(const boost::system::error_code& error) {
    throw std::system_error(static_cast<std::error_code>(error));
}

}  // namespace

std::vector<std::string> resolve(const std::string& host) {
    asio::io_context io;
    boost::system::error_code error;
    const auto results = tcp::resolver(io).resolve(host, "", error);
    if (error) {
        raise(error);
    }
    std::vector<std::string> addresses;
    for (const auto& result : results) {
        std::string address = result.endpoint().address().to_string();
        if (std::ranges::find(addresses, address) == addresses.end()) {
            addresses.push_back(std::move(address));
        }
    }
    return addresses;
}

std::string probe(
    const std::vector<std::string>& addresses,
    const std::string& port,
    std::chrono::milliseconds timeout
) {
    std::vector<tcp::endpoint> endpoints;
    for (const std::string& address : addresses) {
        endpoints.emplace_back(asio::ip::make_address(address), port_number(port));
    }
    asio::io_context io;
    tcp::socket socket(io);
    boost::system::error_code outcome = asio::error::timed_out;
    tcp::endpoint connected;
    asio::async_connect(
        socket,
        endpoints,
        [&](const boost::system::error_code& error, const tcp::endpoint& endpoint) {
            outcome = error;
            connected = endpoint;
        }
    );
    io.run_for(timeout);
    if (outcome) {
        raise(outcome);
    }
    return connected.address().to_string();
}

}  // namespace inference::cli
