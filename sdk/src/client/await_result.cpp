#include "client/await_result.hpp"

#include "client/deadline.hpp"
#include "temporal/error.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace temporal::client {
namespace {

/// The server holds a long poll for 20 s; more than that without an answer means that something on
/// the way is stuck.
constexpr std::chrono::seconds kLongestPoll{60};

[[noreturn]] void throw_still_running(const std::string& workflow_id) {
    throw RpcError(
        RpcCode::kDeadlineExceeded,
        "workflow '" + workflow_id +
            "' has not ended within the timeout; it goes on, and can be awaited again"
    );
}

[[noreturn]] void throw_failed(const std::string& workflow_id, FailurePtr failure) {
    const std::string message =
        "workflow '" + workflow_id + "' did not complete: " + failure->message();
    throw WorkflowFailed(message, std::move(failure));
}

/// One long poll; an empty page with the old token where it ran into its own time limit.
bridge::ClosePage poll(
    const bridge::WorkflowService& service,
    const bridge::RunRef& run,
    const std::string& token,
    const Deadline& deadline,
    const std::stop_token& stop
) {
    const auto timeout = deadline.remaining(Deadline::Clock::now(), kLongestPoll);
    try {
        return service.wait_for_close(run, token, {.timeout = timeout, .stop = stop});
    } catch (const RpcError& error) {
        if (error.code() != RpcCode::kDeadlineExceeded) {
            throw;
        }
        return {.event = std::nullopt, .next_page_token = token};
    }
}

}  // namespace

Payload await_result(
    const bridge::WorkflowService& service, bridge::RunRef run, const CallOptions& options
) {
    const Deadline deadline(Deadline::Clock::now(), options.timeout);
    std::string token;
    while (!deadline.passed(Deadline::Clock::now())) {
        bridge::ClosePage page = poll(service, run, token, deadline, options.stop);
        token = std::move(page.next_page_token);
        if (!page.event) {
            continue;
        }
        if (auto* completed = std::get_if<bridge::RunCompleted>(&*page.event)) {
            return std::move(completed->result);
        }
        if (auto* failed = std::get_if<bridge::RunFailed>(&*page.event)) {
            throw_failed(run.workflow_id, std::move(failed->failure));
        }
        run.run_id = std::move(std::get<bridge::RunContinued>(*page.event).run_id);
        token.clear();
    }
    throw_still_running(run.workflow_id);
}

}  // namespace temporal::client
