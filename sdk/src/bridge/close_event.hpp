/// @file bridge/close_event.hpp
/// @brief How a run ended.
#pragma once

#include "temporal/failure.hpp"
#include "temporal/payload.hpp"

#include <string>
#include <variant>

namespace temporal::api::history::v1 {
class HistoryEvent;
}

namespace temporal::bridge {

struct RunCompleted {
    Payload result;
};
/// It failed, was cancelled, terminated or timed out.
struct RunFailed {
    FailurePtr failure;
};
/// Another run goes on in its place: continued as new, a retry or the next of a schedule.
struct RunContinued {
    std::string run_id;
};

using CloseEvent = std::variant<RunCompleted, RunFailed, RunContinued>;

/// Reads the last event of a closed run; takes the strings of `event`.
///
/// Errors: Error if the event does not end a run.
[[nodiscard]] CloseEvent take_close_event(api::history::v1::HistoryEvent& event);

}  // namespace temporal::bridge
