/// @file cli/job_ends.hpp
/// @brief The one place where jobs that ended are counted, traced and logged.
#pragma once

#include "cli/log.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/span.hpp"
#include "temporal/closed_workflow.hpp"
#include "workflows/batch_workflow.hpp"
#include "workflows/inference_workflow.hpp"

#include <memory>
#include <string>
#include <utility>

namespace inference::cli {

/// What a worker calls when a run ends on it, which it does never while history is replayed. A batch's runs but the last are no ends.
///
/// Threads: any.
class JobEnds {
public:
    JobEnds(const Log& log, std::shared_ptr<Metrics> metrics, SpanSink spans)
        : log_(log), metrics_(std::move(metrics)), spans_(std::move(spans)) {}

    void operator()(const InferenceWorkflow& job, const temporal::ClosedWorkflow& closed) const;
    void operator()(const BatchWorkflow& batch, const temporal::ClosedWorkflow& closed) const;

private:
    void tell(
        const EndedJob& job, const std::string& traceparent, const temporal::ClosedWorkflow& closed
    ) const;

    Log log_;
    std::shared_ptr<Metrics> metrics_;
    SpanSink spans_;
};

}  // namespace inference::cli
