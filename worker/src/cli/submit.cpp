#include "cli/submit.hpp"

#include "cli/await_job.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/job_id.hpp"
#include "cli/settings.hpp"
#include "cli/start_job.hpp"
#include "cli/stop_signals.hpp"
#include "cli/stream_job.hpp"
#include "cli/submit_request.hpp"
#include "cli/wait_time.hpp"
#include "contracts/details_table.hpp"
#include "contracts/names.hpp"
#include "contracts/priority.hpp"
#include "contracts/summary_line.hpp"
#include "temporal/converter.hpp"

#include <memory>
#include <string>

namespace inference::cli {
namespace {

struct SubmitOptions {
    RequestArguments request;
    std::string timeout;
    bool detach = false;
};

JobStart job_start(const std::string& job_id, const InferRequest& request) {
    const Priority priority = request.priority.value_or(Priority::kNormal);
    return {
        .id = job_id,
        .workflow_type = names::kInferenceWorkflow,
        .arguments = temporal::to_payloads(request),
        .priority = priority,
        .model = request.model,
        .client_id = request.client_id,
        .summary = summary_line(request.model + ", " + std::string(to_string(priority))),
        .details = DetailsTable()
                       .add("model", request.model)
                       .add("priority", to_string(priority))
                       .add("client", request.client_id.value_or(""))
                       .text()
    };
}

ExitCode submit(const SubmitOptions& options, Invocation& invocation) {
    const auto timeout = parse_wait_time(options.timeout);
    const InferRequest request = build_request(options.request, invocation.in);
    const std::string job_id = request.job_id.value_or(new_job_id(names::kInferenceIdPrefix));

    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    const temporal::WorkflowHandle job = start_or_find(client, job_start(job_id, request));
    if (options.detach) {
        return print_id(job_id, invocation);
    }
    if (!options.request.stream) {
        return await_job(job, timeout, signals, invocation);
    }
    const StreamWait wait{
        .channel = load_settings(invocation.common).events.channel, .timeout = timeout
    };
    return stream_job(job, wait, signals, invocation);
}

}  // namespace

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
    command.add_option("--priority", request.priority, "Which queue; normal without it")
        ->type_name("high|normal|low");
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
    command.add_flag("--stream", request.stream, "Print the text while it grows");
    command.add_flag("--detach", options->detach, "Print the job's id and do not wait");
}

}  // namespace inference::cli
