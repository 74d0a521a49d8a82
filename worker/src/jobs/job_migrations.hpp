/// @file jobs/job_migrations.hpp
/// @brief The tables of the job store, version by version.
#pragma once

#include <span>
#include <string_view>

namespace inference {

inline constexpr char kJobsTable[] = "inference_jobs";
inline constexpr char kMarksTable[] = "inference_job_marks";
/// Its rows are the versions that were reached: (version, applied_at).
inline constexpr char kSchemaTable[] = "inference_job_schema";

/// The script at place N makes version N + 1 of the one before. One that has been released never changes; a new one is added.
std::span<const std::string_view> sqlite_migrations() noexcept;
std::span<const std::string_view> postgres_migrations() noexcept;

}  // namespace inference
