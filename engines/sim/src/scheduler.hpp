/// @file scheduler.hpp
/// @brief Which calls run, which wait, and when each ends: an engine's batch slots, with time passed in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace engine_sim {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using CallId = std::uint64_t;

/// A fixed number of slots and a queue before them.
///
/// A call is one or more sequences (the prompts of a list); each takes a slot for its service time, and the
/// call ends with the last of them. A slot that falls free at some instant is taken at that instant, however
/// late `advance` is called: the throughput is exactly what slots and service times say.
/// Threads: none; the owner serialises.
class Scheduler {
public:
    struct Limits {
        std::size_t slots = 256;
        std::size_t queue = std::numeric_limits<std::size_t>::max();  ///< Sequences that may wait.
        bool by_priority =
            false;  ///< Lower priorities start first; otherwise first come, first served.
    };

    struct Event {
        enum class Kind { kStarted, kSequenceStarted, kFinished } kind;
        CallId call;
        TimePoint at;
        std::size_t sequence = 0;  ///< Which of the call's, for kSequenceStarted.
    };

    /// Whether a call wants to hear of each of its sequences, or only of its first and its last.
    enum class Tell { kCall, kSequences };

    explicit Scheduler(Limits limits) : limits_(limits) {}

    /// `sequences` holds at least one. False if the queue is full, which is asked once for the whole call; then nothing has changed.
    /// What starts is told by the next `advance`.
    bool submit(
        CallId call,
        const std::vector<Duration>& sequences,
        int priority,
        TimePoint now,
        Tell tell = Tell::kCall
    );

    /// The call is gone; its slots are free from `now` on. Unknown calls are ignored.
    void remove(CallId call, TimePoint now);

    /// What happened up to and including `now`, in order.
    std::vector<Event> advance(TimePoint now);

    /// When `advance` will have something to tell next; nothing if no call runs.
    std::optional<TimePoint> next_event() const;

    std::size_t running() const noexcept { return running_.size(); }
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct Waiting {
        int priority;
        std::uint64_t order;
        CallId call;
        std::size_t sequence;
        Duration service;

        friend bool operator<(const Waiting& a, const Waiting& b) {
            return std::pair(a.priority, a.order) < std::pair(b.priority, b.order);
        }
    };

    struct Call {
        std::size_t unfinished;
        Tell tell;
        bool started = false;
    };

    void fill_slots(TimePoint now);
    void finish_until(TimePoint now);

    Limits limits_;
    std::uint64_t next_order_ = 0;
    std::set<Waiting> waiting_;
    std::multimap<TimePoint, CallId> running_;  // by end
    std::map<CallId, Call> calls_;
    std::vector<Event> untold_;
};

}  // namespace engine_sim
