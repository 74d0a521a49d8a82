#include "cli/job_ends.hpp"

#include "cli/job_log.hpp"
#include "contracts/traceparent.hpp"
#include "telemetry/span_place.hpp"

#include <chrono>
#include <optional>

namespace inference::cli {
namespace {

std::chrono::milliseconds latency_of(const temporal::ClosedWorkflow& closed) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        closed.time - closed.info.start_time
    );
}

Span span_of(const JobStatus& job, SpanPlace place, const temporal::ClosedWorkflow& closed) {
    Span span;
    span.name = closed.info.workflow_type;
    span.place = std::move(place);
    span.start = closed.info.start_time;
    span.end = closed.time;
    span.failed = job.state == JobState::kFailed;
    span.attributes = {
        {"inference.job_id", job.job_id},
        {"inference.model", job.model},
        {"inference.status", std::string(to_string(job.state))},
        {"inference.tries", std::to_string(job.attempt)}
    };
    if (job.error) {
        span.attributes.emplace_back("inference.class", to_string(job.error->error_class));
        span.attributes.emplace_back("inference.code", to_string(job.error->code));
    }
    return span;
}

}  // namespace

void JobEnds::operator()(const InferenceWorkflow& job, const temporal::ClosedWorkflow& closed)
    const {
    const JobStatus status = job.status();
    tell({status, job.usage(), latency_of(closed), job.fell_back()}, job.traceparent(), closed);
}

void JobEnds::operator()(const BatchWorkflow& batch, const temporal::ClosedWorkflow& closed) const {
    if (closed.status == temporal::WorkflowStatus::kContinuedAsNew) {
        return;
    }
    const JobStatus status = batch.status();
    const EndedJob ended{
        status, batch.usage(), latency_of(closed), /*fell_back=*/false, /*is_batch=*/true
    };
    tell(ended, /*traceparent=*/"", closed);
}

void JobEnds::tell(
    const EndedJob& job, const std::string& traceparent, const temporal::ClosedWorkflow& closed
) const {
    metrics_->job_ended(job);
    std::string trace_id(trace_id_of(traceparent));
    auto place = spans_ ? place_of_job(traceparent, closed.info.run_id) : std::nullopt;
    if (place) {
        trace_id = place->trace_id;
        spans_(span_of(job.status, *std::move(place), closed));
    }
    log_.info("job finished", finished_fields(job.status, job.usage, job.latency, trace_id));
}

}  // namespace inference::cli
