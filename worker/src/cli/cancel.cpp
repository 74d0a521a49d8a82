#include "cli/cancel.hpp"

#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/job_state.hpp"
#include "cli/stop_signals.hpp"
#include "temporal/error.hpp"
#include "temporal/workflow_handle.hpp"

#include <memory>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

void print_requested(const std::string& job_id, const Invocation& invocation) {
    if (invocation.json()) {
        invocation.print({{"job_id", job_id}, {"cancel_requested", true}});
    } else {
        invocation.out << "job '" << job_id << "' is asked to end\n";
    }
}

void print_ended(const std::string& job_id, JobState state, const Invocation& invocation) {
    if (invocation.json()) {
        invocation.print(
            {{"job_id", job_id}, {"cancel_requested", false}, {"state", to_string(state)}}
        );
    } else {
        invocation.out << "job '" << job_id << "' has ended already: " << to_string(state) << '\n';
    }
}

ExitCode cancel(const std::string& job_id, Invocation& invocation) {
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    const temporal::WorkflowHandle job = client.handle(job_id);
    // The server takes cancels of ended workflows as well, so that the answer to one tells nothing.
    const auto status = job.describe({.stop = signals.token()}).execution.status;
    if (is_closed(status)) {
        print_ended(job_id, state_of(status), invocation);
        return ExitCode::kDone;
    }
    job.cancel("inference-worker cancel", {.stop = signals.token()});
    print_requested(job_id, invocation);
    return ExitCode::kDone;
}

}  // namespace

void add_cancel(CommandLine& line) {
    const auto job_id = std::make_shared<std::string>();
    CLI::App& command = line.add(
        "cancel",
        "Asks a job to end and its engine to stop",
        [job_id](Invocation& invocation) { return cancel(*job_id, invocation); }
    );
    command.add_option("JOB", *job_id, "The job's id")->required();
}

}  // namespace inference::cli
