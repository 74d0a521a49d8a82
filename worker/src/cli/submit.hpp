/// @file cli/submit.hpp
/// @brief `submit`: one request, and its answer.
#pragma once

#include "contracts/infer_request.hpp"
#include "temporal/client.hpp"
#include "temporal/workflow_handle.hpp"

#include <string>

namespace inference::cli {

class CommandLine;

void add_submit(CommandLine& line);

/// The job of this id: started, or found running, or found finished.
///
/// Errors: as temporal::Client::start, but never WorkflowAlreadyStarted.
temporal::WorkflowHandle start_or_find(
    const temporal::Client& client, const std::string& job_id, const InferRequest& request
);

}  // namespace inference::cli
