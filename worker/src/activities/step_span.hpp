/// @file activities/step_span.hpp
/// @brief A step of a job as a part of its trace.
#pragma once

#include "contracts/error.hpp"
#include "telemetry/span.hpp"
#include "temporal/activity_info.hpp"
#include "temporal/failure.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// Begins when it is made. Of one that is never ended nothing is told.
class StepSpan {
public:
    /// @param traceparent The client's; empty: the trace has the id of the run.
    StepSpan(SpanSink sink, const temporal::ActivityInfo& step, std::string_view traceparent);

    /// For those that the step calls: they are its children; where nobody traces, the client's.
    [[nodiscard]] std::string traceparent() const;

    void ended();
    void canceled();
    void failed(const Error& error);
    /// @param error_class As its failure says.
    void failed(const std::string& error_class);

private:
    void end(bool failed);

    SpanSink sink_;
    std::string of_client_;
    std::optional<Span> span_;
};

/// Runs a step that computes; what it throws passes.
template <class Step>
auto traced(StepSpan span, Step step) {
    try {
        auto result = step();
        span.ended();
        return result;
    } catch (const temporal::ApplicationFailure& failure) {
        span.failed(failure.type());
        throw;
    }
}

}  // namespace inference
