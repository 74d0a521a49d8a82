/// @file support/child_process.hpp
/// @brief A program that runs beside the test, and dies with it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace temporal::test {

/// Starts the program; its output is appended to a file. Killed with the process that started it, however that ends.
/// Errors: std::runtime_error if there can be no more processes.
class ChildProcess {
public:
    /// `arguments` begins with the program; a name without a folder is looked up on the PATH.
    ChildProcess(std::vector<std::string> arguments, const std::string& output_file);
    ~ChildProcess() { stop(/*signal_number=*/15); }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] bool has_died();
    /// Sends the signal and waits for the end; kills what takes longer than 20 s.
    void stop(int signal_number);

private:
    std::optional<pid_t> process_;
};

/// The path of a new, empty file whose name begins with `prefix`.
std::string new_file(const std::string& prefix);

}  // namespace temporal::test
