/// @file activities/infer.hpp
/// @brief The step that calls an engine.
#pragma once

#include "activities/claim_check.hpp"
#include "activities/engine_pool.hpp"
#include "contracts/inferred.hpp"
#include "contracts/processed.hpp"
#include "events/event_sink.hpp"
#include "telemetry/span.hpp"
#include "temporal/activity_context.hpp"
#include "temporal/completion.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace inference {

/// Calls the model's engine once and classifies what goes wrong; the workflow decides on another try.
///
/// Holds no thread while the engine works. Heartbeats by itself, so that a dead worker is noticed and a cancel arrives; of an
/// answer that is streamed with {"pieces","ttft_ms"} as details.
/// Tells watchers the text as it comes, where the request asks for that; what a filter of postprocess would take from it, nobody
/// may see before, so an answer that is filtered is not told.
/// Its own deadline lies before the activity's, so that a timeout is reported as what it is.
///
/// Cancel: closes the call, which frees the engine.
class InferActivity {
public:
    InferActivity(
        std::shared_ptr<EnginePool> engines,
        ClaimCheck claims,
        std::shared_ptr<EventSink> events,
        SpanSink spans = {}
    )
        : engines_(std::move(engines)),
          claims_(std::move(claims)),
          events_(std::move(events)),
          spans_(std::move(spans)) {}

    void operator()(
        temporal::ActivityContext ctx, Processed processed, temporal::Completion<Inferred> done
    ) const;

private:
    std::shared_ptr<EnginePool> engines_;
    ClaimCheck claims_;
    std::shared_ptr<EventSink> events_;
    SpanSink spans_;
};

/// How long an activity with this start-to-close timeout may wait for its engine, its turn included.
std::chrono::milliseconds engine_time(
    const CallLimits& limits, std::optional<temporal::Duration> start_to_close
);

}  // namespace inference
