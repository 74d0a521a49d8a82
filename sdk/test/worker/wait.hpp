/// @file wait.hpp
/// @brief What tests of threads wait with: conditions, never sleeps.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace temporal::worker {

/// Far beyond what anything here takes; only a test that fails waits so long.
inline constexpr std::chrono::seconds kPatience{20};

inline std::chrono::steady_clock::time_point patience() {
    return std::chrono::steady_clock::now() + kPatience;
}

/// A gate that threads wait at until it is opened.
class Gate {
public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    /// False if nobody opens it in time.
    bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [this] { return open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

/// Counts, and lets a test wait for a count.
class Counter {
public:
    void add(int change = 1) {
        const std::lock_guard lock(mutex_);
        value_ += change;
        most_ = std::max(most_, value_);
        changed_.notify_all();
    }
    bool wait_for(int wanted) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [&] { return value_ == wanted; });
    }
    [[nodiscard]] int most() const {
        const std::lock_guard lock(mutex_);
        return most_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int value_ = 0;
    int most_ = 0;
};

}  // namespace temporal::worker
