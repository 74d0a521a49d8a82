#include "cli/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

namespace inference::cli {
namespace {

constexpr int kNoDescriptor = -1;

/// Both ends of a pipe; what is not taken is closed.
class Pipe {
public:
    Pipe() {
        if (pipe2(ends_.data(), O_CLOEXEC) != 0) {
            throw std::system_error(errno, std::generic_category(), "no pipe");
        }
    }
    ~Pipe() {
        close_read();
        close_write();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    [[nodiscard]] int read_end() const noexcept { return ends_[0]; }
    [[nodiscard]] int write_end() const noexcept { return ends_[1]; }
    int take_read() noexcept { return std::exchange(ends_[0], kNoDescriptor); }
    void close_write() noexcept { close_one(ends_[1]); }

private:
    void close_read() noexcept { close_one(ends_[0]); }
    static void close_one(int& descriptor) noexcept {
        if (descriptor != kNoDescriptor) {
            close(std::exchange(descriptor, kNoDescriptor));
        }
    }

    std::array<int, 2> ends_{kNoDescriptor, kNoDescriptor};
};

std::vector<char*> argument_pointers(std::string& program, std::vector<std::string>& arguments) {
    std::vector<char*> pointers{program.data()};
    for (std::string& argument : arguments) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

/// Between fork and exec: only what is safe there.
[[noreturn]] void become(char* const* arguments, int output, int error_pipe, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);  // The parent died before the kernel could watch it.
    }
    const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int out = output != kNoDescriptor ? output : open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execv(arguments[0], arguments);
    const int error = errno;
    [[maybe_unused]] const auto written = write(error_pipe, &error, sizeof error);
    _exit(1);
}

/// 0 once the child runs its program, else the errno of the attempt.
int exec_error(int error_pipe) {
    int error = 0;
    return read(error_pipe, &error, sizeof error) == static_cast<ssize_t>(sizeof error) ? error : 0;
}

bool readable(int descriptor, std::chrono::milliseconds timeout) {
    pollfd waited{descriptor, POLLIN, 0};
    return poll(&waited, 1, static_cast<int>(timeout.count())) > 0;
}

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options) {
    std::string program = options.program;
    std::vector<std::string> arguments = options.arguments;
    const std::vector<char*> pointers = argument_pointers(program, arguments);
    Pipe output;
    Pipe failure;
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ < 0) {
        throw std::system_error(errno, std::generic_category(), "cannot start " + program);
    }
    if (pid_ == 0) {
        become(
            pointers.data(),
            options.read_output ? output.write_end() : kNoDescriptor,
            failure.write_end(),
            parent
        );
    }
    failure.close_write();
    if (const int error = exec_error(failure.read_end()); error != 0) {
        waitpid(pid_, nullptr, 0);
        throw std::system_error(error, std::generic_category(), "cannot start " + program);
    }
    // Not pidfd_open(): glibc 2.36 declares it for C only.
    end_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    output_ = options.read_output ? output.take_read() : kNoDescriptor;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      end_(std::exchange(other.end_, kNoDescriptor)),
      output_(std::exchange(other.output_, kNoDescriptor)),
      unread_(std::move(other.unread_)) {}

ChildProcess::~ChildProcess() {
    if (pid_ < 0) {
        return;
    }
    constexpr std::chrono::seconds kPatience{5};
    kill(pid_, SIGTERM);
    if (end_ == kNoDescriptor || !readable(end_, kPatience)) {
        kill(pid_, SIGKILL);
    }
    waitpid(pid_, nullptr, 0);
    close(end_);
    if (output_ != kNoDescriptor) {
        close(output_);
    }
}

std::optional<std::string> ChildProcess::read_line(std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (true) {
        if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
            std::string line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        std::array<char, 4096> block{};
        if (left.count() <= 0 || !readable(output_, left)) {
            return std::nullopt;
        }
        const ssize_t size = read(output_, block.data(), block.size());
        if (size <= 0) {
            return std::nullopt;
        }
        unread_.append(block.data(), static_cast<std::size_t>(size));
    }
}

}  // namespace inference::cli
