/// @file worker/serial_executor.hpp
/// @brief One thread that runs what it is given, in order.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace temporal::worker {

/// Threads: `post` from any thread. Destroy: runs what was posted, then joins.
class SerialExecutor {
public:
    SerialExecutor() : thread_([this] { run(); }) {}
    ~SerialExecutor();
    SerialExecutor(const SerialExecutor&) = delete;
    SerialExecutor& operator=(const SerialExecutor&) = delete;

    void post(std::function<void()> job);

private:
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::function<void()>> jobs_;
    bool closing_ = false;
    std::thread thread_;  // Last: it uses the rest.
};

}  // namespace temporal::worker
