#include "cli/submit.hpp"

#include "cli/await_job.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/job_id.hpp"
#include "cli/job_memo.hpp"
#include "cli/stop_signals.hpp"
#include "cli/submit_request.hpp"
#include "cli/wait_time.hpp"
#include "contracts/fairness_key.hpp"
#include "contracts/names.hpp"
#include "contracts/priority.hpp"
#include "temporal/error.hpp"
#include "temporal/start_options.hpp"

#include <memory>
#include <ostream>

namespace inference::cli {
namespace {

struct SubmitOptions {
    RequestArguments request;
    std::string timeout;
    bool detach = false;
};

temporal::StartOptions start_options(const std::string& job_id, const InferRequest& request) {
    const Priority priority = request.priority.value_or(Priority::kNormal);
    return {
        .id = job_id,
        .task_queue = std::string(queue_of(priority)),
        // Exactly one run for an id: a running job is joined, a finished one is not run again.
        .id_reuse_policy = temporal::WorkflowIdReusePolicy::kRejectDuplicate,
        .id_conflict_policy = temporal::WorkflowIdConflictPolicy::kUseExisting,
        .priority = {.fairness_key = fairness_key(request.client_id)},
        .memo = job_memo(request.model, priority),
        .summary = request.model + ", " + std::string(to_string(priority))
    };
}

ExitCode print_id(const std::string& job_id, const Invocation& invocation) {
    if (invocation.json()) {
        invocation.print({{"job_id", job_id}});
    } else {
        invocation.out << job_id << '\n';
    }
    return ExitCode::kDone;
}

ExitCode submit(const SubmitOptions& options, Invocation& invocation) {
    const auto timeout = parse_wait_time(options.timeout);
    const InferRequest request = build_request(options.request, invocation.in);
    const std::string job_id = request.job_id.value_or(new_job_id(names::kInferenceIdPrefix));

    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    const temporal::WorkflowHandle job = start_or_find(client, job_id, request);
    return options.detach ? print_id(job_id, invocation)
                          : await_job(job, timeout, signals, invocation);
}

}  // namespace

temporal::WorkflowHandle start_or_find(
    const temporal::Client& client, const std::string& job_id, const InferRequest& request
) {
    try {
        return client.start(
            names::kInferenceWorkflow,
            temporal::to_payloads(request),
            start_options(job_id, request)
        );
    } catch (const temporal::WorkflowAlreadyStarted&) {
        return client.handle(job_id);
    }
}

void add_submit(CommandLine& line) {
    const auto options = std::make_shared<SubmitOptions>();
    CLI::App& command = line.add(
        "submit",
        "Submits one request, waits and prints the answer",
        [options](Invocation& invocation) { return submit(*options, invocation); }
    );
    RequestArguments& request = options->request;
    command.add_option("--model", request.model, "The model's name in the workers' configuration")
        ->required();
    command
        .add_option(
            "--input", request.input, "A JSON string (a prompt) or object; @FILE; - for stdin"
        )
        ->type_name("JSON|@FILE|-")
        ->required();
    command
        .add_option(
            "--param", request.parameters, "For the engine, such as max_tokens=20; repeatable"
        )
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    command.add_option("--priority", request.priority, "high, normal (the default) or low");
    command.add_option(
        "--id", request.id, "The job's id; a job of that id is joined, not run again"
    );
    command.add_option(
        "--client-id",
        request.client_id,
        "Whose job it is; clients take turns within a queue where the server knows fairness"
    );
    command
        .add_option("--timeout", options->timeout, "How long to wait, such as 30s; the job goes on")
        ->type_name("TIME");
    command.add_flag("--stream", request.stream, "Publish the text while it grows, for watchers");
    command.add_flag("--detach", options->detach, "Print the job's id and do not wait");
}

}  // namespace inference::cli
