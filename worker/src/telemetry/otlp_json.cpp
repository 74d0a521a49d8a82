#include "telemetry/otlp_json.hpp"

#include <nlohmann/json.hpp>

namespace inference {
namespace {

using Json = nlohmann::json;

constexpr char kName[] = "inference-worker";
constexpr int kInternal = 1;
constexpr int kClient = 3;
constexpr int kError = 2;

Json attribute(std::string_view key, const std::string& value) {
    return {{"key", key}, {"value", {{"stringValue", value}}}};
}

std::string nanoseconds(Span::Time time) {
    using std::chrono::nanoseconds;
    return std::to_string(std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count());
}

Json to_otlp(const Span& span) {
    Json attributes = Json::array();
    for (const auto& [key, value] : span.attributes) {
        attributes.push_back(attribute(key, value));
    }
    Json json = {
        {"traceId", span.place.trace_id},
        {"spanId", span.place.span_id},
        {"name", span.name},
        {"kind", span.calls_a_server ? kClient : kInternal},
        {"startTimeUnixNano", nanoseconds(span.start)},
        {"endTimeUnixNano", nanoseconds(span.end)},
        {"attributes", std::move(attributes)},
    };
    if (!span.place.parent_id.empty()) {
        json["parentSpanId"] = span.place.parent_id;
    }
    if (span.failed) {
        json["status"] = {{"code", kError}};
    }
    return json;
}

}  // namespace

std::string otlp_json(const std::vector<Span>& spans, const std::string& instance) {
    Json list = Json::array();
    for (const Span& span : spans) {
        list.push_back(to_otlp(span));
    }
    const Json resource = {
        {"attributes",
         Json::array({attribute("service.name", kName), attribute("service.instance.id", instance)})
        }
    };
    const Json scope = {{"scope", {{"name", kName}}}, {"spans", std::move(list)}};
    const Json request = {
        {"resourceSpans",
         Json::array({{{"resource", resource}, {"scopeSpans", Json::array({scope})}}})}
    };
    return request.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace inference
