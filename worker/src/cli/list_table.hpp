/// @file cli/list_table.hpp
/// @brief Jobs in a table, for people.
#pragma once

#include "cli/table.hpp"
#include "contracts/job_status.hpp"
#include "contracts/timestamp.hpp"

#include <vector>

namespace inference::cli {

struct ListedJob {
    JobStatus status;
    Timestamp started{};
};

/// A row a job, in the order given.
Table to_table(const std::vector<ListedJob>& jobs);

}  // namespace inference::cli
