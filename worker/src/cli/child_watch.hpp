/// @file cli/child_watch.hpp
/// @brief Tells when a child ends that should go on.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace inference::cli {

/// Calls `on_end` with a child's name, once, when the first of them ends while this lives.
///
/// Threads: `on_end` is called on a thread of the watch.
/// Errors:  the constructor throws std::system_error where the process has no descriptor left.
class ChildWatch {
public:
    /// A name and ChildProcess::end_descriptor(), which outlives the watch.
    using Children = std::vector<std::pair<std::string, int>>;

    ChildWatch(Children children, std::function<void(const std::string& name)> on_end);
    ~ChildWatch();
    ChildWatch(const ChildWatch&) = delete;
    ChildWatch& operator=(const ChildWatch&) = delete;

private:
    void watch() const;

    Children children_;
    std::function<void(const std::string& name)> on_end_;
    int end_;
    std::thread thread_;
};

}  // namespace inference::cli
