/// @file cli/job_record.hpp
/// @brief A job's status, read from Temporal's own record where no worker can be asked.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/timestamp.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace inference::cli {

/// A run by its record.
struct RecordedJob {
    JobStatus status;
    std::string first_run_id;  ///< The first run of the same job.
    Timestamp began{};  ///< When the server began the run.
    std::optional<Timestamp> started_at;  ///< When its first workflow task that is done began.
    std::int64_t sequence = 0;  ///< The events up to its last workflow task that is done; 0: none.
};

/// What the query `status` would answer, from the events of the history.
///
/// Of both workflows. Queued lasts until the first workflow task is done. A retry's class and error are those of the failed
/// activity; what the workflow alone knows (until when it waits for an engine) is not in it. A batch's items count as their
/// chunks end.
///
/// @param history Protobuf's JSON form of a history: {"events":[{"eventType","eventTime","...Attributes"}]}.
/// Errors: none; what is missing or strange stays at its default.
RecordedJob job_from_history(const nlohmann::json& history, const std::string& job_id);
/// The status of the same.
JobStatus status_from_history(const nlohmann::json& history, const std::string& job_id);

}  // namespace inference::cli
