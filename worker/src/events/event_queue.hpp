/// @file events/event_queue.hpp
/// @brief What is to be written, with texts put together, in bounded space.
#pragma once

#include "events/event.hpp"
#include "events/event_sink.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace inference {

/// Numbers the events of each epoch of a job, and keeps their order. The first text of an epoch is due at once; later
/// ones wait for their like until the pause since the last is over, or enough pieces are together. What finds no room is dropped
/// and leaves a number out; the next text of its epoch says that there is a gap.
///
/// Threads: one at a time. Time is an argument.
class EventQueue {
public:
    using Time = std::chrono::steady_clock::time_point;

    struct Limits {
        std::size_t events = 8'192;  ///< That wait.
        std::size_t bytes = std::size_t{4} << 20;  ///< Of their texts.
        std::chrono::milliseconds pause{20};
        std::size_t pieces = 32;
    };

    EventQueue() : EventQueue(Limits()) {}
    explicit EventQueue(Limits limits) : limits_(limits) {}

    /// Range: `now` never goes back. An end closes its epoch.
    void push(Event event, Time now);
    /// No more of this epoch is going to be pushed; what waits of it is due.
    void close(const std::string& job_id, std::int64_t epoch);

    /// What is due, the oldest first.
    std::vector<Event> take(Time now);
    /// All, due or not.
    std::vector<Event> take_all();
    /// When take() has something; nullopt if nothing waits.
    [[nodiscard]] std::optional<Time> next_due() const;

    void wrote(const std::vector<Event>& events);
    /// They could not be written.
    void lost(const std::vector<Event>& events);

    [[nodiscard]] const EventCounts& counts() const noexcept { return counts_; }
    /// How many epochs it keeps numbers of.
    [[nodiscard]] std::size_t open_epochs() const noexcept { return epochs_.size(); }

private:
    using Key = std::pair<std::string, std::int64_t>;

    struct Epoch {
        std::int64_t seq = 0;
        bool has_gap = false;
        std::optional<Event> text;  // that waits for more
        std::size_t pieces = 0;  // in it
        Time due{};
        std::optional<Time> last_text;
    };

    void push_text(const Key& key, Epoch& epoch, Event event, Time now);
    void start_text(const Key& key, Epoch& epoch, Event event, Time now);
    void drop(Epoch& epoch);
    [[nodiscard]] bool has_room(std::size_t bytes) const;
    void end_text(const Key& key, Epoch& epoch);
    void set_due(const Key& key, Epoch& epoch, Time due);

    Limits limits_;
    std::map<Key, Epoch> epochs_;
    std::set<std::pair<Time, Key>> waiting_;  // of the texts
    std::vector<Event> ready_;
    std::size_t bytes_ = 0;
    EventCounts counts_;
};

}  // namespace inference
