#include "sim_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace engine_sim {

namespace {

namespace http = boost::beast::http;

std::string binary() {
    const char* const folder = std::getenv("IW_BIN_DIR");
    if (folder == nullptr) {
        throw std::runtime_error("IW_BIN_DIR is not set; run this test through ctest");
    }
    return std::string(folder) + "/engine-sim";
}

std::string read_line(int descriptor) {
    std::string line;
    char character = 0;
    while (read(descriptor, &character, 1) == 1 && character != '\n') {
        line += character;
    }
    return line;
}

/// The process and the end of the pipe that reads its output.
std::pair<pid_t, int> spawn(const std::string& program, std::vector<std::string> arguments) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) {
        throw std::runtime_error("no pipe");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, pipe[0]);
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe[1]);
    if (error != 0) {
        close(pipe[0]);
        throw std::runtime_error("cannot start " + program);
    }
    return {pid, pipe[0]};
}

}  // namespace

Connection::Connection(boost::asio::io_context& io, std::uint16_t port) : socket_(io) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
}

void Connection::send(
    const std::string& method,
    const std::string& path,
    const std::string& body,
    const std::vector<std::pair<std::string, std::string>>& headers
) {
    http::request<http::string_body> request;
    request.method_string(method);
    request.target(path);
    request.set(http::field::host, "localhost");
    for (const auto& [name, value] : headers) {
        request.set(name, value);
    }
    request.body() = body;
    request.prepare_payload();
    http::write(socket_, request);
}

Reply Connection::receive() {
    boost::beast::flat_buffer buffer;
    http::response<http::string_body> response;
    Reply reply;
    http::read(socket_, buffer, response, reply.error);
    if (!reply.error) {
        reply.status = static_cast<int>(response.result_int());
        reply.content_type = std::string(response[http::field::content_type]);
        reply.body = response.body();
    }
    return reply;
}

std::string Connection::read_until(const std::string& text) {
    std::string bytes;
    boost::system::error_code error;
    while (bytes.find(text) == std::string::npos && !error) {
        std::array<char, 4096> buffer{};
        const std::size_t size = socket_.read_some(boost::asio::buffer(buffer), error);
        bytes.append(buffer.data(), size);
    }
    return bytes;
}

std::string Connection::read_to_end(boost::system::error_code& error) {
    std::string bytes;
    while (!error) {
        std::array<char, 4096> buffer{};
        const std::size_t size = socket_.read_some(boost::asio::buffer(buffer), error);
        bytes.append(buffer.data(), size);
    }
    return bytes;
}

SimProcess::SimProcess(std::vector<std::string> arguments) {
    const auto [pid, output] = spawn(binary(), std::move(arguments));
    pid_ = pid;
    const auto ports = nlohmann::json::parse(read_line(output));
    close(output);
    http_port_ = ports.at("http");
    grpc_port_ = ports.at("grpc");
    control_port_ = ports.at("control");
}

SimProcess::~SimProcess() {
    if (pid_ > 0) {
        wait_for_end(SIGKILL);
    }
}

int SimProcess::wait_for_end(int signal) {
    kill(pid_, signal);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
}

Reply SimProcess::call(
    std::uint16_t port, const std::string& method, const std::string& path, const std::string& body
) {
    Connection connection(io_, port);
    connection.send(method, path, body);
    return connection.receive();
}

std::vector<nlohmann::json> SimProcess::events(const std::string& name) {
    std::vector<nlohmann::json> found;
    for (const auto& event : control("GET", "/sim/calls").json()) {
        if (event["event"] == name) {
            found.push_back(event);
        }
    }
    return found;
}

std::vector<nlohmann::json> SimProcess::wait_for_events(
    const std::string& name, std::size_t count
) {
    for (;;) {
        auto found = events(name);
        if (found.size() >= count) {
            return found;
        }
    }
}

}  // namespace engine_sim
