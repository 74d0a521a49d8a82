/// @file activities/model_endpoints.hpp
/// @brief The endpoints of one model: which takes a call, and what its answers teach about it.
#pragma once

#include "adapters/adapter.hpp"
#include "registry/model.hpp"
#include "resilience/breaker.hpp"
#include "telemetry/span.hpp"
#include "telemetry/work_observer.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace inference {

/// Who is told how each call ended that an endpoint was given.
struct CallListeners {
    std::shared_ptr<WorkObserver> observer = std::make_shared<WorkObserver>();
    SpanSink spans = {};
};

/// Sends calls to the least loaded endpoint that its breaker lets through.
///
/// A call that an endpoint could not even be sent goes on to the next one. An endpoint whose last call broke off is asked
/// whether it is ready before it gets another, so that a job's tries are not spent on an engine that starts anew. More calls
/// than `max_concurrency` wait here, the more urgent first; one that would have too little time left when its turn comes is
/// given back unsent. Where all breakers are open, a call fails as unsent CIRCUIT_OPEN, with the time of the next probe.
///
/// Threads: any; completions as of Adapter, those of waiting calls on the thread that made room.
/// Destroy: completes what is under way as cancelled.
class ModelEndpoints {
public:
    ModelEndpoints(
        const Model& model, std::vector<std::unique_ptr<Adapter>> adapters, CallListeners listeners
    );
    ModelEndpoints(const ModelEndpoints&) = delete;
    ModelEndpoints& operator=(const ModelEndpoints&) = delete;
    ~ModelEndpoints();

    /// The call gets `timeout` from when it begins, and ends at `options.deadline` at the latest.
    void call(
        EngineCall call,
        CallOptions options,
        std::chrono::milliseconds timeout,
        Completion<EngineReply> done
    );

    /// The most items to send at once; nullopt: no limit is known.
    [[nodiscard]] std::optional<std::int64_t> batch_limit() const;

    /// What the breakers let through now, in the order of the adapters.
    [[nodiscard]] std::vector<Breaker::State> circuits() const;

    /// For health checks.
    [[nodiscard]] const std::vector<std::unique_ptr<Adapter>>& adapters() const noexcept {
        return adapters_;
    }

private:
    struct Shared;
    class Route;

    std::shared_ptr<Shared> shared_;
    std::vector<std::unique_ptr<Adapter>> adapters_;
};

}  // namespace inference
