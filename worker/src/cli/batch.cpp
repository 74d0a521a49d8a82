#include "cli/batch.hpp"

#include "cli/await_batch.hpp"
#include "cli/batch_arguments.hpp"
#include "cli/batch_outputs.hpp"
#include "cli/batch_source.hpp"
#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/job_id.hpp"
#include "cli/settings.hpp"
#include "cli/start_job.hpp"
#include "cli/stop_signals.hpp"
#include "cli/wait_time.hpp"
#include "contracts/names.hpp"
#include "contracts/priority.hpp"
#include "temporal/converter.hpp"
#include "temporal/error.hpp"

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

struct BatchOptions {
    std::string file;
    BatchArguments request;
    OutputArguments outputs;
    std::string timeout;
    bool detach = false;
};

/// Lets the bad lines through only where that is asked for. Gives back how many items there are.
std::int64_t require_good_lines(
    const BatchOptions& options, const BatchRequest& request, std::ostream& err
) {
    const BatchCheck check = check_batch_file(
        options.file, {.model = request.model.value_or(""), .parameters = request.parameters}
    );
    if (check.invalid() > 0) {
        const std::string how_many = "'" + options.file + "': " + std::to_string(check.invalid()) +
                                     " of " + std::to_string(check.items()) + " lines are no items";
        if (!options.request.skip_invalid) {
            throw CommandError(
                ExitCode::kUsage,
                how_many + "; correct them, or let them fail alone with --skip-invalid\n" +
                    problems_text(check, options.file)
            );
        }
        err << how_many << " and will fail\n";
    }
    return check.items();
}

/// Errors: CommandError (2), also where nobody would be there to write them.
BatchOutputs require_outputs(const BatchOptions& options, const FilesConfig& files) {
    BatchOutputs outputs =
        plan_outputs(options.outputs, options.file, FileRoots(files.roots, files.dir));
    if (options.detach && !outputs.by_worker) {
        throw CommandError(
            ExitCode::kUsage,
            "with --detach the workers write --output and --errors, and they may only below " +
                roots_text(files)
        );
    }
    return outputs;
}

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
                   std::string(to_string(priority))
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
        request.output_ref = file_ref(*outputs.output);
    }
    if (outputs.errors) {
        request.error_ref = file_ref(*outputs.errors);
    }
}

ExitCode batch(const BatchOptions& options, Invocation& invocation) {
    const auto timeout = parse_wait_time(options.timeout);
    BatchRequest request = build_batch_request(options.request);
    const FilesConfig files = load_settings(invocation.common).files;
    const BatchOutputs outputs = require_outputs(options, files);
    const std::int64_t items = require_good_lines(options, request, invocation.err);
    const std::string job_id = request.job_id.value_or(new_job_id(names::kBatchIdPrefix));

    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    temporal::WorkflowHandle job = client.handle(job_id);
    // A job that runs keeps the copy of the file that it has.
    if (!request.job_id || !is_there(job, signals)) {
        give_refs(outputs, request);
        give_items(options.file, job_id, files, request);
        job = start_or_find(client, job_start(job_id, items, request));
    }
    if (options.detach) {
        return print_id(job_id, invocation);
    }
    const FileRoots roots(files.roots, files.dir);
    return await_batch(job, {items, timeout}, outputs, roots, signals, invocation);
}

void add_request_options(CLI::App& command, BatchArguments& request) {
    command.add_option("--model", request.model, "Of the lines that name no model");
    command
        .add_option(
            "--param",
            request.parameters,
            "For the engine, such as max_tokens=20; a line's own win; repeatable"
        )
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    command.add_option("--priority", request.priority, "high, normal or low (the default)");
    command.add_option(
        "--id", request.id, "The job's id; a job of that id is joined, not run again"
    );
    command.add_option(
        "--client-id",
        request.client_id,
        "Whose job it is; clients take turns within a queue where the server knows fairness"
    );
    command.add_flag(
        "--skip-invalid", request.skip_invalid, "Lines that are no items fail alone, not the batch"
    );
}

}  // namespace

void add_batch(CommandLine& line) {
    const auto options = std::make_shared<BatchOptions>();
    CLI::App& command = line.add(
        "batch",
        "Submits a file of requests, waits and says what came of them",
        [options](Invocation& invocation) { return batch(*options, invocation); }
    );
    command.add_option("FILE", options->file, "A request a line, as in OpenAI's batch files")
        ->required();
    add_request_options(command, options->request);
    command
        .add_option(
            "--output", options->outputs.output, "The lines of the items that succeeded go there"
        )
        ->type_name("FILE");
    command
        .add_option(
            "--errors",
            options->outputs.errors,
            "Those of the items that failed; OUT.errors.jsonl beside an --output OUT.jsonl"
        )
        ->type_name("FILE");
    command
        .add_option("--timeout", options->timeout, "How long to wait, such as 30s; the job goes on")
        ->type_name("TIME");
    command.add_flag("--detach", options->detach, "Print the job's id and do not wait");
}

}  // namespace inference::cli
