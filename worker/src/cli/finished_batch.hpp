/// @file cli/finished_batch.hpp
/// @brief A batch that has ended: what it was asked for, and what came of it.
#pragma once

#include "contracts/batch_request.hpp"
#include "contracts/batch_response.hpp"
#include "temporal/client.hpp"

#include <stop_token>
#include <string>

namespace inference::cli {

struct FinishedBatch {
    BatchRequest request;  ///< As its client sent it, with the priority that it had.
    BatchResponse response;
};

/// Both are in Temporal's own record.
///
/// Errors: CommandError for a job that is no batch or still runs (2), that is no job (3), or ended with nothing to tell (1), each with
///         the next step; WorkflowNotFound; whatever the connection throws.
FinishedBatch finished_batch(
    const temporal::Client& client, const std::string& job_id, const std::stop_token& stop
);

}  // namespace inference::cli
