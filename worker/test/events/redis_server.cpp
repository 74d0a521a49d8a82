#include "events/redis_server.hpp"

#include "events/redis_connection.hpp"

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;

// What Debian's redis-tools has: the server itself, which goes by its name.
constexpr char kProgram[] = "/usr/bin/redis-check-rdb";

int free_port() {
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(probe, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    close(probe);
    return ntohs(address.sin_port);
}

pid_t start(const std::string& password, int port) {
    std::vector<std::string> words{
        "redis-server",
        "--port",
        std::to_string(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--loglevel",
        "warning"
    };
    if (!password.empty()) {
        words.insert(words.end(), {"--requirepass", password});
    }
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execv(kProgram, arguments.data());
        _exit(127);
    }
    return child;
}

}  // namespace

RedisServer::RedisServer(std::string password, int port)
    : password_(std::move(password)),
      port_(port == 0 ? free_port() : port),
      process_(start(password_, port_)) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!RedisConnection::open(address(), 1s)) {
        if (std::chrono::steady_clock::now() > deadline ||
            waitpid(process_, nullptr, WNOHANG) != 0) {
            throw std::runtime_error("no Redis is there; tools/setup test installs redis-tools");
        }
        std::this_thread::sleep_for(10ms);
    }
}

RedisServer::~RedisServer() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
}

RedisAddress RedisServer::address() const {
    return {.host = "127.0.0.1", .port = port_, .password = password_};
}

void RedisServer::freeze() const {
    kill(process_, SIGSTOP);
}

void RedisServer::resume() const {
    kill(process_, SIGCONT);
}

}  // namespace inference
