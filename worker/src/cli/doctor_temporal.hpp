/// @file cli/doctor_temporal.hpp
/// @brief The part of `doctor` that goes to Temporal, layer by layer.
#pragma once

#include "cli/doctor_report.hpp"
#include "config/config.hpp"
#include "temporal/connect_options.hpp"

#include <stop_token>

namespace inference::cli {

/// DNS, TCP, TLS, namespace, then one check for each queue that the configuration serves, then whether clients take turns. The first that fails is the last:
/// what lies above it would only fail for the same reason.
void examine_temporal(
    const temporal::ConnectOptions& options,
    const WorkerConfig& worker,
    const std::stop_token& stop,
    DoctorReport& report
);

}  // namespace inference::cli
