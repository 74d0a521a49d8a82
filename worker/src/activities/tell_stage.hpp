/// @file activities/tell_stage.hpp
/// @brief Watchers hear that a step has begun.
#pragma once

#include "contracts/job_status.hpp"
#include "events/step_events.hpp"
#include "temporal/activity_info.hpp"

#include <cstdint>
#include <memory>

namespace inference {

/// For a step that has nothing more to tell. @param epoch As Event has it.
inline void tell_stage(
    const std::shared_ptr<EventSink>& sink,
    const temporal::ActivityInfo& info,
    std::int64_t epoch,
    Stage stage
) {
    StepEvents(sink, info.workflow_id, info.workflow_run_id, epoch).stage(stage);
}

}  // namespace inference
