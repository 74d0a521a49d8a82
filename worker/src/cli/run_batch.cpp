#include "cli/run_batch.hpp"

#include "cli/await_batch.hpp"
#include "cli/batch_source.hpp"
#include "cli/command_error.hpp"
#include "cli/job_id.hpp"
#include "cli/start_job.hpp"
#include "contracts/details_table.hpp"
#include "contracts/names.hpp"
#include "contracts/priority.hpp"
#include "temporal/converter.hpp"
#include "temporal/error.hpp"

namespace inference::cli {
namespace {

JobStart job_start(const std::string& job_id, std::int64_t items, const BatchRequest& request) {
    const Priority priority = request.priority.value_or(Priority::kLow);
    return {
        .id = job_id,
        .workflow_type = names::kBatchWorkflow,
        .arguments = temporal::to_payloads(request),
        .priority = priority,
        .model = request.model.value_or(""),
        .client_id = request.client_id,
        .summary = std::to_string(items) + (items == 1 ? " item, " : " items, ") +
                   std::string(to_string(priority)),
        .details = DetailsTable()
                       .add("items", std::to_string(items))
                       .add("model", request.model.value_or("of each line"))
                       .add("priority", to_string(priority))
                       .add("chunks of", std::to_string(request.chunk_size))
                       .add("if an item fails", to_string(request.failure_policy))
                       .add("results", request.output_ref.value_or(""))
                       .add("client", request.client_id.value_or(""))
                       .text()
    };
}

bool is_there(const temporal::WorkflowHandle& job, const StopSignals& signals) {
    try {
        (void)job.describe({.stop = signals.token()});
        return true;
    } catch (const temporal::WorkflowNotFound&) {
        return false;
    }
}

void give_refs(const BatchOutputs& outputs, BatchRequest& request) {
    if (!outputs.by_worker) {
        return;
    }
    if (outputs.output) {
        request.output_ref = ref_of(*outputs.output);
    }
    if (outputs.errors) {
        request.error_ref = ref_of(*outputs.errors);
    }
}

}  // namespace

void add_run_options(CLI::App& command, RunArguments& arguments) {
    command
        .add_option(
            "--output", arguments.outputs.output, "The lines of the items that succeeded go there"
        )
        ->type_name("FILE");
    command
        .add_option(
            "--errors",
            arguments.outputs.errors,
            "Those of the items that failed; OUT.errors.jsonl beside an --output OUT.jsonl"
        )
        ->type_name("FILE");
    command
        .add_option(
            "--timeout", arguments.timeout, "How long to wait, such as 30s; the job goes on"
        )
        ->type_name("TIME");
    command.add_flag("--detach", arguments.detach, "Print the job's id and do not wait");
}

BatchOutputs require_outputs(
    const RunArguments& arguments,
    const std::string& input,
    const FilesConfig& files,
    const Stores& stores
) {
    BatchOutputs outputs = plan_outputs(arguments.outputs, input, stores);
    if (arguments.detach && !outputs.by_worker) {
        throw CommandError(
            ExitCode::kUsage,
            "with --detach the workers write --output and --errors, and they may only below " +
                roots_text(files)
        );
    }
    return outputs;
}

ExitCode run_batch(
    BatchRun run,
    const Stores& stores,
    const temporal::Client& client,
    const StopSignals& signals,
    const Invocation& invocation
) {
    const std::string job_id = run.request.job_id.value_or(new_job_id(names::kBatchIdPrefix));
    temporal::WorkflowHandle job = client.handle(job_id);
    // A job that runs keeps the copy of the file that it has.
    if (!run.request.job_id || !is_there(job, signals)) {
        give_refs(run.outputs, run.request);
        run.give_items(job_id, run.request);
        job = start_or_find(client, job_start(job_id, run.items, run.request));
    }
    if (run.detach) {
        return print_id(job_id, invocation);
    }
    return await_batch(job, {run.items, run.timeout}, run.outputs, stores, signals, invocation);
}

}  // namespace inference::cli
