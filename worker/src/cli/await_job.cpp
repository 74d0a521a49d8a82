#include "cli/await_job.hpp"

#include "cli/job_failure.hpp"
#include "temporal/error.hpp"

#include <ostream>

namespace inference::cli {
namespace {

void say_how_to_come_back(const std::string& job_id, std::ostream& err) {
    err << "job '" << job_id << "' goes on; come back with: inference-worker result " << job_id
        << '\n';
}

ExitCode print_response(const nlohmann::json& response, const Invocation& invocation) {
    if (invocation.json()) {
        invocation.print(response);
    } else {
        invocation.out << to_text(response) << '\n';
    }
    return ExitCode::kDone;
}

ExitCode print_failure(
    const temporal::WorkflowFailed& failed, const std::string& job_id, const Invocation& invocation
) {
    const JobFailure failure = job_failure(*failed.failure());
    invocation.err << to_line(failure, job_id) << '\n';
    if (invocation.json()) {
        invocation.print(to_report(failure, job_id));
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
    try {
        const auto response =
            job.result<nlohmann::json>({.timeout = timeout, .stop = signals.token()});
        return print_response(response, invocation);
    } catch (const temporal::WorkflowFailed& failed) {
        return print_failure(failed, job.workflow_id(), invocation);
    } catch (const temporal::RpcError& error) {
        if (const auto signal = signals.received()) {
            say_how_to_come_back(job.workflow_id(), invocation.err);
            return stopped_by(*signal);
        }
        if (timeout && error.code() == temporal::RpcCode::kDeadlineExceeded) {
            invocation.err << "not done after " << timeout->count() << " ms: ";
            say_how_to_come_back(job.workflow_id(), invocation.err);
            return ExitCode::kTimedOut;
        }
        throw;
    }
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
    return (output != nullptr ? *output : response)
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace inference::cli
