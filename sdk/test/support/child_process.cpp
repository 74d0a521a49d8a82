#include "support/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace temporal::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kStoppedWithin = 20s;
/// Between two looks at a process that has no way to tell us.
constexpr auto kPause = 20ms;

/// The child's side of a fork; only calls that are safe there.
[[noreturn]] void become(const std::vector<char*>& argv, int output, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);  // The parent died before the line above.
    }
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> arguments, const std::string& output_file) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const int output = open(output_file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
        become(argv, output, parent);
    }
    close(output);
    if (child < 0) {
        throw std::runtime_error("cannot start a process for " + arguments.front());
    }
    process_ = child;
}

bool ChildProcess::has_died() {
    if (process_ && waitpid(*process_, nullptr, WNOHANG) == *process_) {
        process_.reset();
    }
    return !process_;
}

void ChildProcess::stop(int signal_number) {
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

std::string new_file(const std::string& prefix) {
    std::string path = (std::filesystem::temp_directory_path() / (prefix + "-XXXXXX.log")).string();
    const int file = mkstemps(path.data(), 4);
    if (file < 0) {
        throw std::runtime_error("cannot make a file " + path);
    }
    close(file);
    return path;
}

}  // namespace temporal::test
