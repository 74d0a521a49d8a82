#include "cli/wait_for_end.hpp"

#include "temporal/error.hpp"

namespace inference::cli {
namespace {

std::string how_to_come_back(const std::string& job_id) {
    return "job '" + job_id + "' goes on; come back with: inference-worker result " + job_id;
}

}  // namespace

tl::expected<JobEnd, WaitEnd> wait_for_end(
    const temporal::WorkflowHandle& job,
    std::optional<std::chrono::milliseconds> timeout,
    const StopSignals& signals
) {
    JobEnd end{.job_id = job.workflow_id(), .response = nullptr, .failure = std::nullopt};
    try {
        end.response = job.result<nlohmann::json>({.timeout = timeout, .stop = signals.token()});
    } catch (const temporal::WorkflowFailed& failed) {
        end.failure = job_failure(*failed.failure());
    } catch (const temporal::RpcError& error) {
        const std::string back = how_to_come_back(end.job_id);
        if (const auto signal = signals.received()) {
            return tl::unexpected(WaitEnd{stopped_by(*signal), back});
        }
        if (timeout && error.code() == temporal::RpcCode::kDeadlineExceeded) {
            const std::string after = std::to_string(timeout->count()) + " ms: ";
            return tl::unexpected(WaitEnd{ExitCode::kTimedOut, "not done after " + after + back});
        }
        throw;
    }
    return end;
}

}  // namespace inference::cli
