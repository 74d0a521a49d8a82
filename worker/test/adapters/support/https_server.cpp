#include "support/https_server.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <vector>

namespace inference::testing {
namespace {

std::vector<std::string> arguments(const Certificates& certificates, ClientCertificate client) {
    std::vector<std::string> words{"openssl", "s_server", "-www", "-accept", "127.0.0.1:0"};
    words.insert(words.end(), {"-cert", certificates.file("server.pem")});
    words.insert(words.end(), {"-key", certificates.file("server.key")});
    if (client == ClientCertificate::kRequired) {
        words.insert(
            words.end(),
            {"-Verify", "1", "-verify_return_error", "-CAfile", certificates.file("ca.pem")}
        );
    }
    return words;
}

pid_t spawn(std::vector<std::string> words, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    pid_t process = -1;
    const int error = posix_spawnp(&process, argv.front(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        throw std::runtime_error("cannot start openssl");
    }
    return process;
}

// It prints "ACCEPT 127.0.0.1:PORT" once it listens.
std::string port_in(int output) {
    std::string text;
    std::array<char, 256> buffer;
    for (ssize_t got = 0; (got = read(output, buffer.data(), buffer.size())) > 0;) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
        const std::size_t line = text.find("ACCEPT ");
        const std::size_t end = line == std::string::npos ? line : text.find('\n', line);
        if (end != std::string::npos) {
            const std::size_t colon = text.rfind(':', end);
            return text.substr(colon + 1, end - colon - 1);
        }
    }
    throw std::runtime_error("openssl does not listen");
}

}  // namespace

HttpsServer::HttpsServer(const Certificates& certificates, ClientCertificate client) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    process_ = spawn(arguments(certificates, client), ends[1]);
    ::close(ends[1]);
    output_ = ends[0];
    port_ = port_in(output_);
}

HttpsServer::~HttpsServer() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    ::close(output_);
}

}  // namespace inference::testing
