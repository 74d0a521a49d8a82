/// @file telemetry/span.hpp
/// @brief A piece of work with a beginning and an end, as a part of a trace.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {

/// Where a span stands in its trace.
///
/// Shape: lower-case hex digits, 32 for a trace and 16 for a span. Source: W3C Trace Context.
struct SpanPlace {
    std::string trace_id;
    std::string span_id;
    std::string parent_id;  ///< Empty: the first of its trace.

    bool operator==(const SpanPlace&) const = default;
};

/// Attributes are names and classes, never a part of a request or an answer.
struct Span {
    using Time = std::chrono::system_clock::time_point;

    std::string name;
    SpanPlace place;
    bool calls_a_server = false;
    Time start;
    Time end;
    std::vector<std::pair<std::string_view, std::string>> attributes;
    bool failed = false;
};

/// Takes spans that ended; must neither block nor throw. Empty: nobody traces.
using SpanSink = std::function<void(Span)>;

}  // namespace inference
