/// @file cli/span_export.hpp
/// @brief Where spans go, as configured.
#pragma once

#include "cli/log.hpp"
#include "config/config.hpp"
#include "telemetry/otlp_exporter.hpp"
#include "telemetry/span.hpp"

#include <memory>

namespace inference::cli {

/// Null where the configuration names no collector.
std::shared_ptr<OtlpExporter> make_exporter(const TelemetryConfig& telemetry, const Log& log);

/// Empty where there is no exporter, which lives as long as its sinks.
SpanSink sink_of(const std::shared_ptr<OtlpExporter>& exporter);

}  // namespace inference::cli
