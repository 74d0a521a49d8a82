/// @file resilience/breaker_options.hpp
/// @brief When calls to an endpoint stop for a while, because most of them fail.
#pragma once

#include <chrono>

namespace inference {

/// The configuration's `breaker` of a model; each of its endpoints has a breaker of its own.
struct BreakerOptions {
    double error_threshold = 0.5;  ///< Range: (0, 1]; the share of failed calls that opens it ...
    int minimum_calls = 10;  ///< ... once there were so many ...
    std::chrono::milliseconds evaluation_window{60'000};  ///< ... within this time.
    int consecutive_failures = 5;  ///< Opens it whatever the share.
    std::chrono::milliseconds recovery_timeout{30'000};  ///< How long it stays open.
    int probes = 1;  ///< Calls let through half open; all must succeed to close it.

    bool operator==(const BreakerOptions&) const = default;
};

}  // namespace inference
