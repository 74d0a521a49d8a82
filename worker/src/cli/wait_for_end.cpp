#include "cli/wait_for_end.hpp"

#include "temporal/error.hpp"

#include <algorithm>

namespace inference::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::optional<milliseconds> left_until(std::optional<Clock::time_point> deadline) {
    return deadline ? std::optional(std::max(
                          std::chrono::ceil<milliseconds>(*deadline - Clock::now()), milliseconds(0)
                      ))
                    : std::nullopt;
}

WaitEnd timed_out(const std::string& job_id, milliseconds timeout) {
    return {
        ExitCode::kTimedOut,
        "not done after " + std::to_string(timeout.count()) + " ms: " + goes_on_text(job_id)
    };
}

}  // namespace

tl::expected<JobEnd, WaitEnd> wait_for_end(
    const temporal::WorkflowHandle& job,
    std::optional<milliseconds> timeout,
    const StopSignals& signals,
    const Notice& notice
) {
    JobEnd end{.job_id = job.workflow_id(), .response = nullptr, .failure = std::nullopt};
    const auto deadline = timeout ? std::optional(Clock::now() + *timeout) : std::nullopt;
    while (true) {
        try {
            end.response = job.result<nlohmann::json>(
                {.timeout = left_until(deadline), .stop = signals.token()}
            );
            return end;
        } catch (const temporal::WorkflowFailed& failed) {
            end.failure = job_failure(*failed.failure());
            return end;
        } catch (const temporal::RpcError& error) {
            if (!signals.received() && deadline && Clock::now() >= *deadline) {
                return tl::unexpected(timed_out(end.job_id, *timeout));
            }
            if (!signals.received() && !is_lost(error)) {
                throw;
            }
            if (auto over = wait_out(error, job, deadline, signals, notice)) {
                return tl::unexpected(*std::move(over));
            }
        }
    }
}

}  // namespace inference::cli
