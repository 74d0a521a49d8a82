#include "cli/span_export.hpp"

#include <unistd.h>

#include <array>
#include <string>
#include <utility>

namespace inference::cli {
namespace {

/// PID@HOST, as Temporal shows a worker.
std::string name_of_this_process() {
    std::array<char, 256> host{};
    // One that does not fit is cut; the array is never full, so it ends in zero.
    (void)gethostname(host.data(), host.size() - 1);
    return std::to_string(getpid()) + "@" + host.data();
}

}  // namespace

std::shared_ptr<OtlpExporter> make_exporter(const TelemetryConfig& telemetry, const Log& log) {
    if (!telemetry.otlp_endpoint) {
        return nullptr;
    }
    const OtlpOptions options{
        .endpoint = *telemetry.otlp_endpoint, .instance = name_of_this_process()
    };
    return std::make_shared<OtlpExporter>(options, [log](const std::string& warning) {
        log.warn(warning);
    });
}

SpanSink sink_of(const std::shared_ptr<OtlpExporter>& exporter) {
    if (exporter == nullptr) {
        return {};
    }
    return [exporter](Span span) { exporter->add(std::move(span)); };
}

}  // namespace inference::cli
