/// @file telemetry/otlp_json.hpp
/// @brief Spans in the form that OpenTelemetry's collectors take over HTTP.
#pragma once

#include "telemetry/span.hpp"

#include <string>
#include <vector>

namespace inference {

/// Source: OTLP 1.x, ExportTraceServiceRequest as JSON: ids in hex, times in nanoseconds as text.
/// @param instance Which of the workers it is.
std::string otlp_json(const std::vector<Span>& spans, const std::string& instance);

}  // namespace inference
