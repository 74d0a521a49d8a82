/// @file testing/recorded_event.hpp
/// @brief The events of a history, as far as a message about them needs them.
#pragma once

#include "temporal/history.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace temporal::testing {

struct RecordedEvent {
    std::int64_t id = 0;
    std::string type;  ///< Such as "ActivityTaskScheduled".
    std::string activity_type;  ///< Of a scheduled activity; else empty.
};

/// Errors: Error if the first event does not say how the workflow was started: core replays
///         nothing without its type and run id.
[[nodiscard]] std::vector<RecordedEvent> recorded_events(const History& history);

/// "EVENT_TYPE_TIMER_STARTED" as "TimerStarted".
[[nodiscard]] std::string short_event_type(std::string_view name);

}  // namespace temporal::testing
