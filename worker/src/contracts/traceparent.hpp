/// @file contracts/traceparent.hpp
/// @brief Whether a string is a W3C trace context that may be passed on, and what it says.
#pragma once

#include <string_view>

namespace inference {

/// Source: W3C Trace Context, "traceparent": 00-<32 hex>-<16 hex>-<2 hex>, in lower case, neither id all zeros. Later
/// versions may add fields after these.
bool is_traceparent(std::string_view text) noexcept;

/// The 32 hex digits by which a trace is found; empty where the text is no traceparent.
std::string_view trace_id_of(std::string_view traceparent) noexcept;
/// The 16 hex digits of the span that asks; empty where the text is no traceparent.
std::string_view parent_id_of(std::string_view traceparent) noexcept;
/// Whether who asks keeps this trace. False where the text is no traceparent.
bool is_sampled(std::string_view traceparent) noexcept;

}  // namespace inference
