/// @file events/event_sink.hpp
/// @brief Where a job's events go.
#pragma once

#include "events/event.hpp"

#include <cstdint>
#include <string>

namespace inference {

/// What became of the events so far.
struct EventCounts {
    std::uint64_t written = 0;  ///< Texts that were put together count as one.
    std::uint64_t dropped = 0;  ///< As published: there was no room, or they could not be written.

    bool operator==(const EventCounts&) const = default;
};

/// Takes events and forgets what it cannot deliver: no job waits for its watchers.
///
/// Threads: any.
class EventSink {
public:
    EventSink() = default;
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    virtual ~EventSink() = default;

    /// Never blocks, never throws. The sink numbers the events of an epoch in the order in which they came (`seq`), and puts
    /// texts of one choice that come close together into one event.
    virtual void publish(Event event) noexcept = 0;

    /// The step that published for this epoch has nothing more to tell.
    virtual void close(const std::string& job_id, std::int64_t epoch) noexcept = 0;

    [[nodiscard]] virtual EventCounts counts() const = 0;
};

}  // namespace inference
