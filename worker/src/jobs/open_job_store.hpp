/// @file jobs/open_job_store.hpp
/// @brief From the configuration's `jobs.store` to a job store.
#pragma once

#include "jobs/job_store.hpp"

#include <memory>
#include <string>

namespace inference {

/// Asks nobody and opens nothing: the store does so itself.
///
/// @param store "sqlite:FILE", "postgresql://...", or "none".
/// Errors: JobStoreError for what is none of these, or for a URL that cannot be read. Null for "none".
std::unique_ptr<JobStore> open_job_store(const std::string& store, JobStoreUse use);

}  // namespace inference
