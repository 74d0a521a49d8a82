/// @file activities/call_queue.hpp
/// @brief Room for so many calls at once, and who waits for it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace inference {

/// A call that may have to wait. Exactly one of the two is called, and neither if it was withdrawn.
class QueuedCall {
public:
    QueuedCall() = default;
    QueuedCall(const QueuedCall&) = delete;
    QueuedCall& operator=(const QueuedCall&) = delete;
    virtual ~QueuedCall() = default;

    /// It has room now, until CallQueue::leave().
    virtual void begin() = 0;
    /// It never will: the queue has closed.
    virtual void drop() = 0;
};

/// The more urgent call comes first, then the one that came first.
///
/// Threads: any; a waiting call begins on the thread that makes room.
class CallQueue {
public:
    /// Absent: there is room for all.
    explicit CallQueue(std::optional<int> room) noexcept : room_(room) {}

    /// Begins the call now, or when there is room. Range: a lower `priority` is more urgent.
    void enter(int priority, std::shared_ptr<QueuedCall> call);
    /// False where it does not wait.
    bool withdraw(const QueuedCall& call);
    /// A call that had begun has ended.
    void leave();
    /// Drops what waits, and whatever still comes.
    void close();

private:
    void begin_what_has_room();
    bool has_room() const noexcept { return !room_ || running_ < *room_; }

    const std::optional<int> room_;

    std::mutex mutex_;
    std::map<std::pair<int, std::uint64_t>, std::shared_ptr<QueuedCall>> waiting_;
    std::uint64_t arrivals_ = 0;
    int running_ = 0;
    bool beginning_ = false;  // a thread is beginning what waits, and looks again before it stops
    bool closed_ = false;
};

}  // namespace inference
