#include "cli/batch.hpp"

#include "cli/batch_arguments.hpp"
#include "cli/batch_source.hpp"
#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/make_stores.hpp"
#include "cli/run_batch.hpp"
#include "cli/settings.hpp"
#include "cli/stop_signals.hpp"
#include "cli/wait_time.hpp"

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

struct BatchOptions {
    std::string file;
    BatchArguments request;
    RunArguments run;
};

/// Lets the bad lines through only where that is asked for. Gives back how many items there are.
std::int64_t require_good_lines(
    const BatchOptions& options,
    const BatchRequest& request,
    const Stores& stores,
    std::ostream& err
) {
    const BatchCheck check = check_batch_file(
        options.file,
        stores,
        {.model = request.model.value_or(""), .parameters = request.parameters}
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

ExitCode batch(const BatchOptions& options, Invocation& invocation) {
    BatchRun run{
        .request = build_batch_request(options.request),
        .timeout = parse_wait_time(options.run.timeout),
        .detach = options.run.detach
    };
    const FilesConfig files = load_settings(invocation.common).files;
    const auto stores = make_stores(files);
    run.outputs = require_outputs(options.run, options.file, files, *stores);
    run.items = require_good_lines(options, run.request, *stores, invocation.err);
    run.give_items = [&](const std::string& job_id, BatchRequest& request) {
        give_items(options.file, job_id, files, *stores, request);
    };
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    return run_batch(std::move(run), *stores, client, signals, invocation);
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
    command.add_option("--priority", request.priority, "Which queue; low without it")
        ->type_name("high|normal|low");
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
    add_run_options(command, options->run);
    command.footer(
        "Example: inference-worker batch items.jsonl --model llama-3-8b --output results.jsonl"
    );
}

}  // namespace inference::cli
