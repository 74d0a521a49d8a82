/// @file cli/child_process.hpp
/// @brief A program that runs beside this one and never outlives it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace inference::cli {

struct ChildOptions {
    std::string program;  ///< A path.
    std::vector<std::string> arguments;
    /// Where its stdout goes: into a pipe for `read_line`, or nowhere. Its stderr is ours.
    bool read_output = false;
};

/// Runs in a process group of its own, so that a Ctrl-C for us is none for it; the kernel ends it if this process dies.
///
/// Threads:  made and used on one thread, which lives as long as the child, for the kernel watches the thread.
/// Errors:   the constructor throws std::system_error, also if the program cannot be executed.
/// Destroy:  asks it to end, and makes it after 5 s.
class ChildProcess {
public:
    explicit ChildProcess(const ChildOptions& options);
    ~ChildProcess();
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) = delete;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// The next line of its output; nullopt if it ended, or none came in time.
    std::optional<std::string> read_line(std::chrono::milliseconds timeout);

    /// Becomes readable once the child has ended.
    [[nodiscard]] int end_descriptor() const noexcept { return end_; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

private:
    pid_t pid_ = -1;
    int end_ = -1;
    int output_ = -1;
    std::string unread_;
};

}  // namespace inference::cli
