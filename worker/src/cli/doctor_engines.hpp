/// @file cli/doctor_engines.hpp
/// @brief The part of `doctor` that looks at the engines.
#pragma once

#include "cli/doctor_report.hpp"
#include "config/config.hpp"

namespace inference::cli {

/// One check for each endpoint.
void examine_engines(const Config& config, DoctorReport& report);

}  // namespace inference::cli
