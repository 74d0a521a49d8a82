#include "cli/await_batch.hpp"

#include "cli/await_job.hpp"
#include "cli/batch_text.hpp"
#include "cli/progress_display.hpp"
#include "cli/wait_for_end.hpp"
#include "contracts/job_status.hpp"
#include "contracts/names.hpp"

#include <exception>
#include <ostream>
#include <stop_token>

namespace inference::cli {
namespace {

/// How long a worker may take to answer; the line stands still meanwhile.
constexpr std::chrono::seconds kQueryTimeout{2};

std::optional<ItemCounts> ask_worker(
    const temporal::WorkflowHandle& job, const std::stop_token& stop
) {
    try {
        return job
            .query<JobStatus>(names::kStatusQuery, {}, {.timeout = kQueryTimeout, .stop = stop})
            .counts;
    } catch (const std::exception&) {
        return std::nullopt;  // Not taken up yet, or its worker is busy or gone: the next time.
    }
}

tl::expected<JobEnd, WaitEnd> wait_with_progress(
    const temporal::WorkflowHandle& job,
    const BatchWait& wait,
    const StopSignals& signals,
    std::ostream& err
) {
    const ProgressDisplay display(
        [&job](const std::stop_token& stop) { return ask_worker(job, stop); },
        wait.items,
        err,
        stderr_width
    );
    return wait_for_end(job, wait.timeout, signals);
}

std::optional<BatchResponse> batch_of(const JobEnd& end) {
    return end.failure ? end.failure->batch : batch_response_in(end.response);
}

}  // namespace

ExitCode await_batch(
    const temporal::WorkflowHandle& job,
    const BatchWait& wait,
    const BatchOutputs& outputs,
    const FileRoots& roots,
    const StopSignals& signals,
    const Invocation& invocation
) {
    const auto end = wait_with_progress(job, wait, signals, invocation.err);
    if (!end) {
        invocation.err << end.error().message << "\nor see how far it is: inference-worker status "
                       << job.workflow_id() << '\n';
        return end.error().code;
    }
    const std::optional<BatchResponse> response = batch_of(*end);
    if (!response) {
        return print_end(*end, invocation);
    }
    return print_end(*end, invocation, write_outputs(*response, outputs, roots));
}

}  // namespace inference::cli
