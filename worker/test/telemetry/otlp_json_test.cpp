#include "telemetry/otlp_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace inference {
namespace {

using namespace std::chrono_literals;

TEST(OtlpJson, ASpanIsAsCollectorsTakeIt) {
    Span span;
    span.name = "infer";
    span.place = {.trace_id = "t1", .span_id = "s1", .parent_id = "p1"};
    span.calls_a_server = true;
    span.start = Span::Time{1s};
    span.end = Span::Time{1500ms};
    span.attributes = {{"inference.class", "OOM"}};
    span.failed = true;

    EXPECT_EQ(nlohmann::json::parse(otlp_json({span}, "7@host")), nlohmann::json::parse(R"({
        "resourceSpans": [{
            "resource": {"attributes": [
                {"key": "service.name", "value": {"stringValue": "inference-worker"}},
                {"key": "service.instance.id", "value": {"stringValue": "7@host"}}]},
            "scopeSpans": [{
                "scope": {"name": "inference-worker"},
                "spans": [{
                    "traceId": "t1", "spanId": "s1", "parentSpanId": "p1", "name": "infer", "kind": 3,
                    "startTimeUnixNano": "1000000000", "endTimeUnixNano": "1500000000",
                    "attributes": [{"key": "inference.class", "value": {"stringValue": "OOM"}}],
                    "status": {"code": 2}}]}]}]})"));
}

TEST(OtlpJson, TheFirstSpanOfATraceHasNoParentAndOneThatWentWellNoStatus) {
    Span span;
    span.place = {.trace_id = "t1", .span_id = "s1", .parent_id = ""};

    const auto sent = nlohmann::json::parse(otlp_json({span}, ""));
    const auto& only = sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    EXPECT_FALSE(only.contains("parentSpanId"));
    EXPECT_FALSE(only.contains("status"));
    EXPECT_EQ(only["kind"], 1);
}

TEST(OtlpJson, BytesThatAreNoUtf8AreReplaced) {
    Span span;
    span.attributes = {{"inference.job_id", "a\xff"}};

    EXPECT_TRUE(nlohmann::json::accept(otlp_json({span}, "")));
}

}  // namespace
}  // namespace inference
