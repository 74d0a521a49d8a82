#include "support/dev_server.hpp"

#include "temporal/client.hpp"
#include "temporal/error.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

namespace temporal::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr auto kReadyWithin = 60s;
/// Between two looks at a process that has no way to tell us.
constexpr auto kPause = 20ms;

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// A name without a folder is looked up on the PATH.
std::string find_program() {
    if (const std::string named = variable("TEMPORAL_CLI"); !named.empty()) {
        return named;
    }
    const std::string cache = variable("IW_CACHE");
    const fs::path folder =
        cache.empty() ? fs::path(variable("HOME")) / ".cache/inference-worker" : fs::path(cache);
    const fs::path cached = folder / "bin/temporal";
    return fs::exists(cached) ? cached.string() : "temporal";
}

/// A port that was free a moment ago.
std::uint16_t free_port() {
    const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool found = bind(socket_fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                       getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(socket_fd);
    if (!found) {
        throw std::runtime_error("no free port on 127.0.0.1");
    }
    return ntohs(address.sin_port);
}

std::vector<std::string> arguments(const DevServer::Options& options, std::uint16_t port) {
    std::vector<std::string> all = {
        find_program(),
        "server",
        "start-dev",
        "--headless",
        "--ip",
        "127.0.0.1",
        "--port",
        std::to_string(port),
        "--log-level",
        "warn"
    };
    const auto add = [&all](const char* flag, const std::string& value) {
        all.emplace_back(flag);
        all.push_back(value);
    };
    if (!options.db_file.empty()) {
        add("--db-filename", options.db_file);
    }
    // Without these a hand-over of one task waits for the next tick of a limiter: 50 ms.
    add("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000");
    add("--dynamic-config-value", "history.timerProcessorMaxPollRPS=1000");
    add("--dynamic-config-value", "system.enableActivityEagerExecution=true");
    for (const std::string& value : options.dynamic_config) {
        add("--dynamic-config-value", value);
    }
    for (const std::string& attribute : options.search_attributes) {
        add("--search-attribute", attribute);
    }
    return all;
}

}  // namespace

DevServer::DevServer(Options options)
    : options_(std::move(options)), log_file_(new_file("dev-server")), port_(free_port()) {
    start();
}

DevServer::~DevServer() {
    process_.reset();
    fs::remove(log_file_);
}

std::string DevServer::address() const {
    return "127.0.0.1:" + std::to_string(port_);
}

void DevServer::kill() {
    process_->stop(SIGKILL);
}

void DevServer::restart() {
    process_->stop(SIGTERM);
    start();
}

void DevServer::start() {
    process_ = std::make_unique<ChildProcess>(arguments(options_, port_), log_file_);
    wait_until_ready();
}

void DevServer::wait_until_ready() {
    const auto deadline = Clock::now() + kReadyWithin;
    ConnectOptions options;
    options.address = address();
    while (Clock::now() < deadline && !process_->has_died()) {
        try {
            static_cast<void>(Client::connect(options).describe_namespace({.timeout = 5s}));
            return;
        } catch (const Error&) {
            std::this_thread::sleep_for(kPause);
        }
    }
    const std::string tail = log_tail();
    process_->stop(SIGKILL);
    throw std::runtime_error(
        "the Temporal server '" + find_program() +
        "' does not come up; set TEMPORAL_CLI to another. Its log ends with:\n" + tail
    );
}

std::string DevServer::log_tail() const {
    std::ifstream file(log_file_);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    constexpr std::size_t kTail = 2000;
    return text.size() > kTail ? text.substr(text.size() - kTail) : text;
}

DevServerEnvironment& DevServerEnvironment::add(DevServer::Options options) {
    auto* const environment = new DevServerEnvironment(std::move(options));
    testing::AddGlobalTestEnvironment(environment);  // Owns it.
    return *environment;
}

void DevServerEnvironment::SetUp() {
    server_ = std::make_unique<DevServer>(options_);
}

void DevServerEnvironment::TearDown() {
    server_.reset();
}

}  // namespace temporal::test
