/// @file telemetry/metrics.hpp
/// @brief The worker's own metrics, for Prometheus.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/token_usage.hpp"
#include "telemetry/work_observer.hpp"
#include "telemetry/worker_state.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// A job or batch that ended on this worker.
struct EndedJob {
    const JobStatus& status;
    TokenUsage usage;
    std::chrono::milliseconds latency;  ///< From its start, with all waits.
    bool fell_back = false;
    bool is_batch = false;
};

/// Counts what was done since the process began. Names and meaning: docs/observability.md.
///
/// No label without bound: a model is one of those given here or "unknown", an endpoint one of its own.
/// Their counters are there from the start, with 0, so that the first failure is an increase.
///
/// Threads: any.
class Metrics final : public WorkObserver {
public:
    using Endpoints = std::map<std::string, std::vector<std::string>, std::less<>>;

    /// @param endpoints By model, as configured.
    explicit Metrics(Endpoints endpoints);
    ~Metrics() override;

    /// Once for each job, outside of replay.
    void job_ended(const EndedJob& job);

    void call_ended(const EndedCall& call) override;
    void items_ended(const EndedItems& items) override;
    void items_tried_again(std::string_view model, std::string_view error_class) override;

    /// Shape: Prometheus' text format 0.0.4, with what the worker is now.
    [[nodiscard]] std::string page(const WorkerState& now) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace inference
