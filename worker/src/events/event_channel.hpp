/// @file events/event_channel.hpp
/// @brief What carries events to their readers, as the sink's own thread sees it.
#pragma once

#include "events/event.hpp"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace inference {

/// Threads: one.
class EventChannel {
public:
    EventChannel() = default;
    EventChannel(const EventChannel&) = delete;
    EventChannel& operator=(const EventChannel&) = delete;
    virtual ~EventChannel() = default;

    /// Appends them all, in this order. Blocks for seconds at most.
    ///
    /// Errors: why some of them are not there; which of them is not known. Names the channel, never a password.
    virtual tl::expected<void, std::string> write(const std::vector<Event>& events) = 0;

    /// Called every minute or so, for what has to be done now and then.
    virtual void tidy() {}
};

}  // namespace inference
