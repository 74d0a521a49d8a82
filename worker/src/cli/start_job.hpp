/// @file cli/start_job.hpp
/// @brief Starts a job, or finds the one that has its id already.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/invocation.hpp"
#include "contracts/priority.hpp"
#include "temporal/client.hpp"
#include "temporal/payload.hpp"
#include "temporal/workflow_handle.hpp"

#include <optional>
#include <string>

namespace inference::cli {

/// What is to be started, and what is seen of it from outside.
struct JobStart {
    std::string id;
    std::string workflow_type;  ///< One of names::.
    temporal::Payloads arguments;
    Priority priority = Priority::kNormal;
    std::string model;  ///< May be empty.
    std::optional<std::string> client_id;
    std::string summary;  ///< One line for people; see summary_line().
    std::string details;  ///< More for people, in Markdown.
};

/// The job of this id: started, or found running, or found finished.
///
/// Errors: as temporal::Client::start, but never WorkflowAlreadyStarted.
temporal::WorkflowHandle start_or_find(const temporal::Client& client, const JobStart& start);

/// What a command prints that does not wait: the id, or {"job_id"}.
ExitCode print_id(const std::string& job_id, const Invocation& invocation);

}  // namespace inference::cli
