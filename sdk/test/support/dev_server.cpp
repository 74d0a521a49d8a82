#include "support/dev_server.hpp"

#include "temporal/client.hpp"
#include "temporal/error.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
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
constexpr auto kStoppedWithin = 20s;
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

std::string new_log_file() {
    std::string path = (fs::temp_directory_path() / "dev-server-XXXXXX.log").string();
    const int file = mkstemps(path.data(), 4);
    if (file < 0) {
        throw std::runtime_error("cannot make a log file in " + fs::temp_directory_path().string());
    }
    close(file);
    return path;
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

/// The child's side of a fork; only calls that are safe there.
[[noreturn]] void become(const std::vector<char*>& argv, int log, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);  // The parent died before the line above.
    }
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
}

}  // namespace

DevServer::DevServer(Options options)
    : options_(std::move(options)), log_file_(new_log_file()), port_(free_port()) {
    start();
}

DevServer::~DevServer() {
    stop(SIGTERM);
    fs::remove(log_file_);
}

std::string DevServer::address() const {
    return "127.0.0.1:" + std::to_string(port_);
}

void DevServer::kill() {
    stop(SIGKILL);
}

void DevServer::restart() {
    stop(SIGTERM);
    start();
}

void DevServer::start() {
    std::vector<std::string> all = arguments(options_, port_);
    std::vector<char*> argv;
    for (std::string& argument : all) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const int log = open(log_file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
        become(argv, log, parent);
    }
    close(log);
    if (child < 0) {
        throw std::runtime_error("cannot start a process for the Temporal server");
    }
    process_ = child;
    wait_until_ready();
}

void DevServer::wait_until_ready() {
    const auto deadline = Clock::now() + kReadyWithin;
    ConnectOptions options;
    options.address = address();
    while (Clock::now() < deadline && !has_died()) {
        try {
            static_cast<void>(Client::connect(options).describe_namespace({.timeout = 5s}));
            return;
        } catch (const Error&) {
            std::this_thread::sleep_for(kPause);
        }
    }
    const std::string tail = log_tail();
    stop(SIGKILL);
    throw std::runtime_error(
        "the Temporal server '" + find_program() +
        "' does not come up; set TEMPORAL_CLI to another. Its log ends with:\n" + tail
    );
}

bool DevServer::has_died() {
    if (process_ && waitpid(*process_, nullptr, WNOHANG) == *process_) {
        process_.reset();
    }
    return !process_;
}

std::string DevServer::log_tail() const {
    std::ifstream file(log_file_);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    constexpr std::size_t kTail = 2000;
    return text.size() > kTail ? text.substr(text.size() - kTail) : text;
}

void DevServer::stop(int signal_number) {
    if (has_died()) {
        return;
    }
    ::kill(*process_, signal_number);
    const auto deadline = Clock::now() + kStoppedWithin;
    while (!has_died()) {
        if (Clock::now() >= deadline) {
            ::kill(*process_, SIGKILL);
        }
        std::this_thread::sleep_for(kPause);
    }
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
