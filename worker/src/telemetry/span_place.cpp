#include "telemetry/span_place.hpp"

#include "contracts/fnv_hash.hpp"
#include "contracts/traceparent.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace inference {
namespace {

constexpr std::size_t kTraceIdLength = 32;

std::string to_hex(std::uint64_t number) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<char, 16> text{};
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit) {
        *digit = kDigits[number & 0xf];
        number >>= 4;
    }
    return {text.begin(), text.end()};
}

/// A run's id is a UUID: 32 hex digits and four dashes.
std::string trace_id_of_run(std::string_view run_id) {
    std::string id(run_id);
    std::erase(id, '-');
    const bool is_one = id.size() == kTraceIdLength &&
                        id.find_first_not_of("0123456789abcdef") == std::string::npos;
    return is_one ? id : to_hex(fnv_hash(run_id)) + to_hex(fnv_hash(id + "/"));
}

}  // namespace

std::optional<SpanPlace> place_of_job(std::string_view traceparent, std::string_view run_id) {
    const std::string span_id = to_hex(fnv_hash(run_id));
    if (!is_traceparent(traceparent)) {
        return SpanPlace{.trace_id = trace_id_of_run(run_id), .span_id = span_id, .parent_id = {}};
    }
    if (!is_sampled(traceparent)) {
        return std::nullopt;
    }
    return SpanPlace{
        .trace_id = std::string(trace_id_of(traceparent)),
        .span_id = span_id,
        .parent_id = std::string(parent_id_of(traceparent))
    };
}

std::optional<SpanPlace> place_named_by(std::string_view traceparent) {
    if (!is_sampled(traceparent)) {
        return std::nullopt;
    }
    return SpanPlace{
        .trace_id = std::string(trace_id_of(traceparent)),
        .span_id = std::string(parent_id_of(traceparent)),
        .parent_id = {}
    };
}

SpanPlace place_within(const SpanPlace& parent, std::string_view what) {
    return {
        .trace_id = parent.trace_id,
        .span_id = to_hex(fnv_hash(parent.span_id + "/" + std::string(what))),
        .parent_id = parent.span_id
    };
}

std::string traceparent_of(const SpanPlace& place) {
    return "00-" + place.trace_id + "-" + place.span_id + "-01";
}

}  // namespace inference
