#include "cli/await_job.hpp"

#include "cli/batch_text.hpp"
#include "cli/job_failure.hpp"
#include "cli/table.hpp"

#include <ostream>

namespace inference::cli {
namespace {

void print_response(const nlohmann::json& response, const Invocation& invocation) {
    if (invocation.json()) {
        invocation.print(response);
    } else {
        invocation.out << to_text(response) << '\n';
    }
}

void print_way_on(const BatchResponse& batch, const Invocation& invocation) {
    if (batch.status != JobState::kCompleted) {
        invocation.err << "run the others again with: inference-worker retry-failed "
                       << printable(batch.job_id) << '\n';
    }
}

/// The summary is the data only where the lines are not.
void print_batch(
    const BatchResponse& batch, const BatchOutputs& outputs, const Invocation& invocation
) {
    const bool lines = print_result_lines(batch, outputs, invocation.out);
    (lines ? invocation.err : invocation.out) << batch_summary(batch, outputs) << '\n';
    print_way_on(batch, invocation);
}

ExitCode print_failure(
    const JobFailure& failure,
    const std::string& job_id,
    const BatchOutputs& outputs,
    const Invocation& invocation
) {
    invocation.err << to_line(failure, job_id) << '\n';
    if (invocation.json()) {
        invocation.print(to_report(failure, job_id));
    } else if (failure.batch) {
        print_result_lines(*failure.batch, outputs, invocation.out);
        invocation.err << batch_summary(*failure.batch, outputs) << '\n';
        print_way_on(*failure.batch, invocation);
    }
    return ExitCode::kJobFailed;
}

}  // namespace

ExitCode await_job(
    const temporal::WorkflowHandle& job,
    std::optional<std::chrono::milliseconds> timeout,
    const StopSignals& signals,
    const Invocation& invocation
) {
    const auto end = wait_for_end(job, timeout, signals, [&invocation](const std::string& text) {
        invocation.err << text << '\n' << std::flush;
    });
    if (!end) {
        invocation.err << end.error().message << '\n';
        return end.error().code;
    }
    return print_end(*end, invocation);
}

ExitCode print_end(const JobEnd& end, const Invocation& invocation, const BatchOutputs& outputs) {
    if (end.failure) {
        return print_failure(*end.failure, end.job_id, outputs, invocation);
    }
    const auto batch = batch_response_in(end.response);
    if (batch && !invocation.json()) {
        print_batch(*batch, outputs, invocation);
    } else {
        print_response(end.response, invocation);
    }
    return !batch || batch->status == JobState::kCompleted ? ExitCode::kDone : ExitCode::kJobFailed;
}

std::string to_text(const nlohmann::json& response) {
    const auto member = [&response](const char* key) -> const nlohmann::json* {
        const auto found = response.is_object() ? response.find(key) : response.end();
        return found == response.end() || found->is_null() ? nullptr : &*found;
    };
    const nlohmann::json* content = member("content");
    if (content != nullptr && content->is_string()) {
        return content->get<std::string>();
    }
    const nlohmann::json* output = member("output");
    return to_line(output != nullptr ? *output : response);
}

}  // namespace inference::cli
