/// @file cli/doctor_job_store.hpp
/// @brief The check of `doctor` on the job store.
#pragma once

#include "cli/doctor_report.hpp"

#include <string>

namespace inference::cli {

/// Opens the store, tries to write, and changes nothing.
///
/// @param store As `jobs.store` of the configuration.
Check examine_job_store(const std::string& store);

}  // namespace inference::cli
