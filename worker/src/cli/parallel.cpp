#include "cli/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace inference::cli {
namespace {

constexpr std::size_t kThreads = 8;

/// The calls that are still to be made.
class Calls {
public:
    Calls(std::size_t count, const std::function<void(std::size_t)>& each)
        : count_(count), each_(each) {}

    void run() noexcept {
        for (std::size_t i = next_++; i < count_; i = next_++) {
            try {
                each_(i);
            } catch (...) {
                fail(std::current_exception());
            }
        }
    }

    /// Once all threads have ended.
    void rethrow() const {
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

private:
    void fail(std::exception_ptr failure) noexcept {
        const std::lock_guard lock(mutex_);
        failure_ = failure_ ? failure_ : std::move(failure);
        next_ = count_;
    }

    const std::size_t count_;
    const std::function<void(std::size_t)>& each_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    std::exception_ptr failure_;
};

}  // namespace

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& each) {
    Calls calls(count, each);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < std::min(kThreads, count); ++i) {
            threads.emplace_back([&calls] { calls.run(); });
        }
    }
    calls.rethrow();
}

}  // namespace inference::cli
