/// @file bridge/one_shot.hpp
/// @brief One value handed from a callback to a thread that waits for it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace temporal::bridge {

/// Threads: `set` once from any thread, `wait` from one. Shared by both sides, so that either may
///          leave first.
template <class T>
class OneShot {
public:
    void set(T value) {
        const std::scoped_lock lock(mutex_);
        value_.emplace(std::move(value));
        // Under the lock: once the waiter sees the value it may let go of its share of this object.
        arrived_.notify_one();
    }

    /// Blocks until the value is there.
    [[nodiscard]] T wait() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return value_.has_value(); });
        return *std::move(value_);
    }

    /// Cancel: gives nothing once `stop` fires; a value that comes later is dropped with this
    ///         object.
    [[nodiscard]] std::optional<T> wait(std::stop_token stop) {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait(lock, std::move(stop), [this] { return value_.has_value(); })) {
            return std::nullopt;
        }
        return std::exchange(value_, std::nullopt);
    }

private:
    std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::optional<T> value_;
};

}  // namespace temporal::bridge
