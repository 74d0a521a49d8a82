/// @file resilience/backoff.hpp
/// @brief How long to wait after so many failures.
#pragma once

#include "resilience/retry_numbers.hpp"

#include <chrono>

namespace inference {

/// The first delay, grown by the coefficient with each failure after the first, spread by the jitter, never above `longest`.
///
/// Range: `failures` from 1; `uniform` is a random number in [0, 1).
std::chrono::milliseconds backoff(
    const RetryNumbers& numbers, int failures, std::chrono::milliseconds longest, double uniform
);

}  // namespace inference
