/// @file workflows/job_details.hpp
/// @brief Where a job stands, for who looks at it in Temporal's UI.
#pragma once

#include "contracts/job_status.hpp"

#include <string>

namespace inference {

/// A table in Markdown: state, stage, progress or counts, tries, retries, the code of the last error. Nothing of what was asked or
/// answered.
std::string job_details(const JobStatus& status);

}  // namespace inference
