/// @file events/open_channel.hpp
/// @brief A sink and a source of the channel that the configuration names.
#pragma once

#include "events/channel_address.hpp"
#include "events/event_sink.hpp"
#include "events/event_source.hpp"
#include "events/queued_event_sink.hpp"

#include <memory>

namespace inference {

/// Connects when there is something to write. Never null: without a channel it is one that forgets all.
std::shared_ptr<EventSink> open_sink(
    const ChannelAddress& address, QueuedEventSink::OnChange on_change
);

/// Connects when it is read. Null: without a channel.
std::unique_ptr<EventSource> open_source(const ChannelAddress& address);

}  // namespace inference
