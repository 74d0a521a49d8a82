#include "client/await_update.hpp"

#include "client/deadline.hpp"
#include "temporal/error.hpp"

#include <chrono>
#include <utility>
#include <variant>

namespace temporal::client {
namespace {

using bridge::UpdateReply;
using bridge::UpdateStage;

/// The server holds a call for 20 s; more than that without an answer means that something on the way is stuck.
constexpr std::chrono::seconds kLongestPoll{60};

[[noreturn]] void throw_too_late(const std::string& update_id, const std::string& workflow_id) {
    throw RpcError(
        RpcCode::kDeadlineExceeded,
        "update '" + update_id + "' of workflow '" + workflow_id +
            "' was not answered within the timeout; updates are taken by a worker: check that one "
            "serves the task queue, or send it again with the same id"
    );
}

[[noreturn]] void throw_failed(
    const std::string& update_id, const std::string& workflow_id, FailurePtr failure
) {
    const std::string message = "update '" + update_id + "' of workflow '" + workflow_id +
                                "' failed: " + failure->message();
    throw UpdateFailed(message, std::move(failure));
}

/// Asks until the update has come to `stage`.
template <class Ask>
UpdateReply ask_until(UpdateStage stage, const Deadline& deadline, Ask ask, auto too_late) {
    while (!deadline.passed(Deadline::Clock::now())) {
        const auto timeout = deadline.remaining(Deadline::Clock::now(), kLongestPoll);
        try {
            UpdateReply reply = ask(timeout);
            if (reply.stage >= stage || reply.outcome) {
                return reply;
            }
        } catch (const RpcError& error) {
            // The server's own limit, or ours; whether time is left is for the loop to say.
            if (error.code() != RpcCode::kDeadlineExceeded) {
                throw;
            }
        }
    }
    too_late();
    return {};
}

std::optional<Payload> result_of(
    UpdateReply& reply, const std::string& update_id, const std::string& workflow_id
) {
    if (!reply.outcome) {
        return std::nullopt;
    }
    if (auto* failure = std::get_if<FailurePtr>(&*reply.outcome)) {
        throw_failed(update_id, workflow_id, std::move(*failure));
    }
    return std::get<Payload>(std::move(*reply.outcome));
}

}  // namespace

AcceptedUpdate send_update(
    const bridge::WorkflowService& service,
    const bridge::RunRef& run,
    const bridge::UpdateCall& update,
    const CallOptions& options
) {
    const Deadline deadline(Deadline::Clock::now(), options.timeout);
    UpdateReply reply = ask_until(
        UpdateStage::kAccepted,
        deadline,
        [&](Duration timeout) {
            return service.update(
                run, update, UpdateStage::kAccepted, {.timeout = timeout, .stop = options.stop}
            );
        },
        [&] { throw_too_late(update.id, run.workflow_id); }
    );
    return {.run_id = reply.run_id, .result = result_of(reply, update.id, run.workflow_id)};
}

Payload await_update(
    const bridge::WorkflowService& service,
    const bridge::RunRef& run,
    const std::string& update_id,
    const CallOptions& options
) {
    const Deadline deadline(Deadline::Clock::now(), options.timeout);
    UpdateReply reply = ask_until(
        UpdateStage::kCompleted,
        deadline,
        [&](Duration timeout) {
            return service.poll_update(
                run, update_id, UpdateStage::kCompleted, {.timeout = timeout, .stop = options.stop}
            );
        },
        [&] { throw_too_late(update_id, run.workflow_id); }
    );
    auto result = result_of(reply, update_id, run.workflow_id);
    if (!result) {
        throw RpcError(
            RpcCode::kInternal,
            "update '" + update_id + "' of workflow '" + run.workflow_id +
                "': the server calls it completed and gives no outcome"
        );
    }
    return *std::move(result);
}

}  // namespace temporal::client
