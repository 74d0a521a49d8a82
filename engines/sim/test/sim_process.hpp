/// @file sim_process.hpp
/// @brief The binary, started for a test and driven from outside.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <nlohmann/json.hpp>

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace engine_sim {

struct Reply {
    int status = 0;  ///< 0: the connection broke before the answer was whole.
    std::string content_type;
    std::string body;
    boost::system::error_code error;

    nlohmann::json json() const { return nlohmann::json::parse(body); }
};

/// One connection of a client, which can be closed in the middle.
class Connection {
public:
    Connection(boost::asio::io_context& io, std::uint16_t port);

    void send(
        const std::string& method,
        const std::string& path,
        const std::string& body = "",
        const std::vector<std::pair<std::string, std::string>>& headers = {}
    );
    Reply receive();

    /// The bytes as they come, head and chunk sizes included, until `text` is among them or the connection ends.
    std::string read_until(const std::string& text);
    /// All that comes, and in `error` how the connection ends.
    std::string read_to_end(boost::system::error_code& error);

    void close() { socket_.close(); }

private:
    boost::asio::ip::tcp::socket socket_;
};

/// Threads: one.
class SimProcess {
public:
    explicit SimProcess(std::vector<std::string> arguments);
    ~SimProcess();

    SimProcess(const SimProcess&) = delete;
    SimProcess& operator=(const SimProcess&) = delete;

    std::uint16_t http_port() const { return http_port_; }
    std::uint16_t grpc_port() const { return grpc_port_; }

    Connection connect() { return {io_, http_port_}; }
    Reply get(const std::string& path) { return call(http_port_, "GET", path, ""); }
    Reply post(const std::string& path, const nlohmann::json& body) {
        return call(http_port_, "POST", path, body.dump());
    }
    Reply control(
        const std::string& method, const std::string& path, const nlohmann::json& body = nullptr
    ) {
        return call(control_port_, method, path, body.is_null() ? "" : body.dump());
    }

    /// Events of that name in /sim/calls.
    std::vector<nlohmann::json> events(const std::string& name);
    /// Asks again until there are so many; the time limit of the test ends it.
    std::vector<nlohmann::json> wait_for_events(const std::string& name, std::size_t count);

    pid_t pid() const { return pid_; }
    /// Sends the signal (0: none) and waits for the end; what waitpid says of it.
    int wait_for_end(int signal);

private:
    Reply call(
        std::uint16_t port,
        const std::string& method,
        const std::string& path,
        const std::string& body
    );

    boost::asio::io_context io_;
    pid_t pid_ = -1;
    std::uint16_t http_port_ = 0;
    std::uint16_t grpc_port_ = 0;
    std::uint16_t control_port_ = 0;
};

}  // namespace engine_sim
