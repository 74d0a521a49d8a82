/// @file cli/job_record.hpp
/// @brief A job's status, read from Temporal's own record where no worker can be asked.
#pragma once

#include "contracts/job_status.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace inference::cli {

/// What the query `status` would answer, from the events of the history.
///
/// Of both workflows. Queued lasts until the first workflow task is done. A retry's class and error are those of the failed
/// activity; what the workflow alone knows (until when it waits for an engine) is not in it. A batch's items count as their
/// chunks end.
///
/// @param history Protobuf's JSON form of a history: {"events":[{"eventType","eventTime","...Attributes"}]}.
/// Errors: none; what is missing or strange stays at its default.
JobStatus status_from_history(const nlohmann::json& history, const std::string& job_id);

}  // namespace inference::cli
