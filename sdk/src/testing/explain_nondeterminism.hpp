/// @file testing/explain_nondeterminism.hpp
/// @brief Core's message about a nondeterminism, made readable.
#pragma once

#include "temporal/testing/replay_result.hpp"
#include "testing/recorded_event.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace temporal::testing {

/// Pure. `history_length` is that of the activation whose completion core refused: the difference
/// lies after it. A message of a form that is not known here is kept as it is.
[[nodiscard]] ReplayFailure explain_nondeterminism(
    const std::string& core_message,
    std::span<const RecordedEvent> events,
    std::int64_t history_length
);

}  // namespace temporal::testing
