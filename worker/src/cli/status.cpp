#include "cli/status.hpp"

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/job_record.hpp"
#include "cli/job_state.hpp"
#include "cli/status_text.hpp"
#include "cli/stop_signals.hpp"
#include "contracts/job_status.hpp"
#include "contracts/names.hpp"
#include "temporal/error.hpp"
#include "temporal/workflow_handle.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

/// How long a worker may take to answer, before the server's record has to do.
constexpr std::chrono::seconds kQueryTimeout{2};

/// Errors: CommandError (3) for workflows of other programs in the same namespace.
void require_job(const temporal::WorkflowExecution& execution) {
    const std::string& type = execution.workflow_type;
    if (type != names::kInferenceWorkflow && type != names::kBatchWorkflow) {
        throw CommandError(
            ExitCode::kNotFound,
            "workflow '" + execution.workflow_id + "' is no inference job: its type is " + type
        );
    }
}

/// What a worker says; nullopt if none answers, or with something else than a status.
std::optional<JobStatus> ask_worker(
    const temporal::WorkflowHandle& job, const StopSignals& signals
) {
    try {
        return job.query<JobStatus>(
            names::kStatusQuery, {}, {.timeout = kQueryTimeout, .stop = signals.token()}
        );
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

JobStatus status_of(const temporal::WorkflowHandle& job, const StopSignals& signals) {
    const auto description = job.describe({.stop = signals.token()});
    require_job(description.execution);
    const bool closed = is_closed(description.execution.status);
    // A worker cannot know that a workflow was terminated or timed out from outside.
    if (const auto answer = ask_worker(job, signals); answer && is_final(answer->state) == closed) {
        return *answer;
    }
    const auto history = job.fetch_history({.stop = signals.token()});
    return status_from_history(nlohmann::json::parse(history.to_json()), job.workflow_id());
}

ExitCode status(const std::string& job_id, Invocation& invocation) {
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    const JobStatus found = status_of(client.handle(job_id), signals);
    if (invocation.json()) {
        invocation.print(found);
    } else {
        invocation.out << to_text(found);
    }
    return ExitCode::kDone;
}

}  // namespace

void add_status(CommandLine& line) {
    const auto job_id = std::make_shared<std::string>();
    CLI::App& command =
        line.add("status", "Says where a job stands", [job_id](Invocation& invocation) {
            return status(*job_id, invocation);
        });
    command.add_option("JOB", *job_id, "The job's id")->required();
}

}  // namespace inference::cli
