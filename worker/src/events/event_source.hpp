/// @file events/event_source.hpp
/// @brief Where a job's events are read.
#pragma once

#include "events/event.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace inference {

/// An event and its place among those of its job.
struct StoredEvent {
    std::string id;  ///< As the channel gives it: to go on after.
    Event event;

    bool operator==(const StoredEvent&) const = default;
};

/// Threads: one at a time. Any number of sources read the same job, each at its own pace.
class EventSource {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    /// Errors: why nothing can be read, with the next step.
    using Events = tl::expected<std::vector<StoredEvent>, std::string>;

    EventSource() = default;
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;
    virtual ~EventSource() = default;

    /// The events after the one of this id, the oldest first; from the first that is kept where it is empty. A job that
    /// nothing is known of is one that has told nothing yet.
    ///
    /// Waits for at least one; none came before the deadline, or before `stop` fired, where the result is empty.
    virtual Events read(
        const std::string& job_id,
        const std::string& after,
        Deadline deadline,
        const std::stop_token& stop
    ) = 0;
};

}  // namespace inference
