#include "activities/step_span.hpp"

#include "telemetry/span_place.hpp"

#include <chrono>
#include <utility>

namespace inference {

StepSpan::StepSpan(SpanSink sink, const temporal::ActivityInfo& step, std::string_view traceparent)
    : sink_(std::move(sink)), of_client_(traceparent) {
    const auto job = sink_ ? place_of_job(traceparent, step.workflow_run_id) : std::nullopt;
    if (!job) {
        return;
    }
    const std::string attempt = std::to_string(step.attempt);
    span_.emplace();
    span_->name = step.activity_type;
    span_->place = place_within(*job, step.activity_type + step.activity_id + "/" + attempt);
    span_->start = std::chrono::system_clock::now();
    span_->attributes = {{"inference.job_id", step.workflow_id}, {"inference.attempt", attempt}};
}

std::string StepSpan::traceparent() const {
    return span_ ? traceparent_of(span_->place) : of_client_;
}

void StepSpan::ended() {
    end(false);
}

void StepSpan::canceled() {
    if (span_) {
        span_->attributes.emplace_back("inference.canceled", "true");
    }
    end(false);
}

void StepSpan::failed(const Error& error) {
    if (span_) {
        span_->attributes.emplace_back("inference.code", to_string(error.code));
    }
    failed(std::string(to_string(error.error_class)));
}

void StepSpan::failed(const std::string& error_class) {
    if (span_) {
        span_->attributes.emplace_back("inference.class", error_class);
    }
    end(true);
}

void StepSpan::end(bool failed) {
    if (span_) {
        span_->end = std::chrono::system_clock::now();
        span_->failed = failed;
        sink_(*std::exchange(span_, std::nullopt));
    }
}

}  // namespace inference
