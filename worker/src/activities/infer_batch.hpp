/// @file activities/infer_batch.hpp
/// @brief The step that takes a chunk of a batch through its engines.
#pragma once

#include "activities/batch_lanes.hpp"
#include "capacity/hand_over.hpp"
#include "contracts/batch_steps.hpp"
#include "events/event_sink.hpp"
#include "files/stores.hpp"
#include "registry/model_registry.hpp"
#include "telemetry/work_observer.hpp"
#include "temporal/activity_context.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace inference {

/// Sends the chunk's items and writes each one's line as it ends, before its place is given to another.
///
/// What an attempt before has written is not sent again: the journals say what is done. A worker that drains, and one
/// whose slot is owed to a queue below its floor, ends the chunk with what is under way, if that does not take too long, and reports
/// what remains.
///
/// Tells watchers what became of the chunk.
///
/// Threads: holds one until the chunk is done.
/// Cancel:  closes the calls, which frees the engine, and ends at once.
/// Errors:  Transient ENGINE_NOT_READY if no endpoint took anything for the model's ready_timeout; Transient STORAGE if nothing
///          can be written. What is wrong with an item is in its line, and no error of the chunk.
class InferBatchActivity {
public:
    /// @param queue Of the worker, as `hand_over` counts them.
    /// @param observer Is told of items once their lines are written.
    InferBatchActivity(
        std::shared_ptr<const BatchLanes> lanes,
        std::shared_ptr<const ModelRegistry> registry,
        std::shared_ptr<const Stores> stores,
        std::shared_ptr<HandOver> hand_over,
        std::shared_ptr<EventSink> events,
        std::size_t queue,
        std::shared_ptr<WorkObserver> observer
    )
        : lanes_(std::move(lanes)),
          registry_(std::move(registry)),
          stores_(std::move(stores)),
          hand_over_(std::move(hand_over)),
          events_(std::move(events)),
          queue_(queue),
          observer_(std::move(observer)) {}

    ChunkReport operator()(temporal::ActivityContext& ctx, ChunkTask task) const;

private:
    std::shared_ptr<const BatchLanes> lanes_;
    std::shared_ptr<const ModelRegistry> registry_;
    std::shared_ptr<const Stores> stores_;
    std::shared_ptr<HandOver> hand_over_;
    std::shared_ptr<EventSink> events_;
    std::size_t queue_;
    std::shared_ptr<WorkObserver> observer_;
};

}  // namespace inference
