/// @file cli/core_metrics.hpp
/// @brief The metrics that Temporal's core keeps.
#pragma once

#include <string>

namespace inference::cli {

/// The page that core serves for Prometheus on an address of its own.
///
/// @param address "127.0.0.1:41234", as temporal::Runtime::metrics_address() gives it.
/// Errors: std::runtime_error if it does not answer within a second.
std::string fetch_core_metrics(const std::string& address);

}  // namespace inference::cli
