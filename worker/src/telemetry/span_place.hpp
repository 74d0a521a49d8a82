/// @file telemetry/span_place.hpp
/// @brief Which span is whose child: ids that follow from the run, so that no two workers need to agree on them.
#pragma once

#include "telemetry/span.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// The span of a job: a child of the client's span or, without a traceparent, the first of a trace that has the run's id.
///
/// nullopt: the client does not keep this trace.
std::optional<SpanPlace> place_of_job(std::string_view traceparent, std::string_view run_id);

/// The span that a traceparent names; nullopt where it names none, or the trace is not kept.
std::optional<SpanPlace> place_named_by(std::string_view traceparent);

/// A child. `what` tells it from its siblings; the same gives the same.
SpanPlace place_within(const SpanPlace& parent, std::string_view what);

/// What tells others of it.
std::string traceparent_of(const SpanPlace& place);

}  // namespace inference
