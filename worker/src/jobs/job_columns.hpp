/// @file jobs/job_columns.hpp
/// @brief A row of the job store as the columns of its table.
#pragma once

#include "jobs/job_row.hpp"
#include "jobs/sql_database.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace inference {

/// In the order in which both directions take them; the first is the key.
inline constexpr std::array<std::string_view, 30> kJobColumns{
    "job_id",
    "run_id",
    "first_run_id",
    "workflow_type",
    "queue",
    "state",
    "stage",
    "progress",
    "items_total",
    "items_succeeded",
    "items_failed",
    "items_canceled",
    "attempt",
    "retries_transient",
    "retries_timeout",
    "retries_oom",
    "retries_worker_lost",
    "model",
    "priority",
    "created_at",
    "started_at",
    "updated_at",
    "finished_at",
    "error_class",
    "error_code",
    "error_message",
    "next_attempt_at",
    "run_began_at",
    "sequence",
    "recorded"
};

/// As many values as there are columns. Text loses its NUL bytes, which PostgreSQL does not take.
std::vector<SqlValue> to_columns(const JobRow& row);

/// Errors: JobStoreError naming the column that holds what this program does not know.
JobRow from_columns(const SqlRow& columns);

}  // namespace inference
