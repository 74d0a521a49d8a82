#include "cli/await_batch.hpp"

#include "cli/await_job.hpp"
#include "cli/batch_text.hpp"
#include "cli/find_status.hpp"
#include "cli/progress_display.hpp"
#include "cli/wait_for_end.hpp"
#include "contracts/job_status.hpp"

#include <ostream>
#include <stop_token>

namespace inference::cli {
namespace {

/// nullopt where it is not taken up yet, or its worker is busy or gone: the next time.
std::optional<ItemCounts> ask_counts(
    const temporal::WorkflowHandle& job, const std::stop_token& stop
) {
    const auto status = ask_worker(job, kWorkerPatience, stop);
    return status ? status->counts : std::nullopt;
}

tl::expected<JobEnd, WaitEnd> wait_with_progress(
    const temporal::WorkflowHandle& job,
    const BatchWait& wait,
    const StopSignals& signals,
    std::ostream& err
) {
    ProgressDisplay display(
        [&job](const std::stop_token& stop) { return ask_counts(job, stop); },
        wait.items,
        err,
        stderr_width
    );
    return wait_for_end(job, wait.timeout, signals, [&display](const std::string& text) {
        display.say(text);
    });
}

std::optional<BatchResponse> batch_of(const JobEnd& end) {
    return end.failure ? end.failure->batch : batch_response_in(end.response);
}

}  // namespace

ExitCode await_batch(
    const temporal::WorkflowHandle& job,
    const BatchWait& wait,
    const BatchOutputs& outputs,
    const Stores& stores,
    const StopSignals& signals,
    const Invocation& invocation
) {
    const auto end = wait_with_progress(job, wait, signals, invocation.err);
    if (!end) {
        invocation.err << end.error().message << '\n';
        return end.error().code;
    }
    const std::optional<BatchResponse> response = batch_of(*end);
    if (!response) {
        return print_end(*end, invocation);
    }
    return print_end(*end, invocation, write_outputs(*response, outputs, stores));
}

}  // namespace inference::cli
