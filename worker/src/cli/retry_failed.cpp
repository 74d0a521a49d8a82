#include "cli/retry_failed.hpp"

#include "cli/batch_source.hpp"
#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/finished_batch.hpp"
#include "cli/items_left.hpp"
#include "cli/make_stores.hpp"
#include "cli/run_batch.hpp"
#include "cli/settings.hpp"
#include "cli/stop_signals.hpp"
#include "cli/wait_time.hpp"
#include "files/stores.hpp"

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

namespace inference::cli {
namespace {

struct RetryOptions {
    std::string job_id;
    std::string id;
    std::string model;
    RunArguments run;
};

/// The same but for what names the batch, its items and its files.
BatchRequest next_request(const BatchRequest& before, const RetryOptions& options) {
    BatchRequest request = before;
    request.items = nullptr;
    request.items_ref.reset();
    request.output_ref.reset();
    request.error_ref.reset();
    request.job_id = options.id.empty() ? std::nullopt : std::optional(options.id);
    if (!options.model.empty()) {
        request.model = options.model;
    }
    return request;
}

/// What the batch before has read and done must not be overwritten.
void require_new_files(const BatchOutputs& outputs, const FinishedBatch& before) {
    for (const auto& file : {outputs.output, outputs.errors}) {
        if (!file) {
            continue;
        }
        const std::string ref = ref_of(*file);
        const BatchResponse& response = before.response;
        if (ref == response.output_ref || ref == response.error_ref ||
            ref == before.request.items_ref) {
            throw CommandError(
                ExitCode::kUsage,
                "'" + *file + "' is a file of batch '" + response.job_id + "'; name another"
            );
        }
    }
}

std::string lines_text(std::int64_t lines) {
    return std::to_string(lines) +
           (lines == 1 ? " line that is no item" : " lines that are no items");
}

/// Nothing is left to be run.
ExitCode end_without_items(
    const FinishedBatch& batch, std::int64_t invalid, const Invocation& invocation
) {
    const std::string& job_id = batch.response.job_id;
    if (invalid == 0) {
        invocation.err << "all " << batch.response.counts.total << " items of batch '" << job_id
                       << "' succeeded; there is nothing to run again\n";
        return ExitCode::kDone;
    }
    throw CommandError(
        ExitCode::kUsage,
        "batch '" + job_id + "' left nothing but " + lines_text(invalid) +
            "; correct what its errors file names, and start that with: inference-worker batch"
    );
}

ExitCode retry_failed(const RetryOptions& options, Invocation& invocation) {
    const auto timeout = parse_wait_time(options.run.timeout);
    const FilesConfig files = load_settings(invocation.common).files;
    const auto stores = make_stores(files);
    BatchOutputs outputs = require_outputs(options.run, {}, files, *stores);
    if (options.id == options.job_id) {
        throw CommandError(
            ExitCode::kUsage, "--id is that of the batch itself; the new one takes an id of its own"
        );
    }
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    const FinishedBatch batch = finished_batch(client, options.job_id, signals.token());
    require_new_files(outputs, batch);
    const ItemsLeft left(batch, *stores);
    if (left.count() == 0) {
        return end_without_items(batch, left.invalid(), invocation);
    }
    invocation.err << left.count() << " of " << batch.response.counts.total << " items of batch '"
                   << options.job_id << "' are run again"
                   << (left.invalid() > 0 ? "; " + lines_text(left.invalid()) + " stay out" : "")
                   << '\n';
    BatchRun run{
        .request = next_request(batch.request, options),
        .items = left.count(),
        .give_items =
            [&](const std::string& job_id, BatchRequest& request) {
                give_lines(
                    [&left](const WriteBytes& write) { left.write(write); },
                    job_id,
                    *stores,
                    request
                );
            },
        .outputs = std::move(outputs),
        .timeout = timeout,
        .detach = options.run.detach
    };
    return run_batch(std::move(run), *stores, client, signals, invocation);
}

}  // namespace

void add_retry_failed(CommandLine& line) {
    const auto options = std::make_shared<RetryOptions>();
    CLI::App& command = line.add(
        "retry-failed",
        "Makes a new batch of the items of a batch that failed or were never done",
        [options](Invocation& invocation) { return retry_failed(*options, invocation); }
    );
    command.add_option("JOB", options->job_id, "The id of a batch that has ended")->required();
    command.add_option("--id", options->id, "The new batch's id; a job of that id is joined");
    command.add_option(
        "--model", options->model, "Of the lines that name no model, in place of the batch's"
    );
    add_run_options(command, options->run);
    command.footer("Example: inference-worker retry-failed batch-1 --output rest.jsonl");
}

}  // namespace inference::cli
