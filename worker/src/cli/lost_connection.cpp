#include "cli/lost_connection.hpp"

#include "cli/pause.hpp"

#include <algorithm>

namespace inference::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Of one question; a server that is up answers within milliseconds.
constexpr std::chrono::seconds kQuestion{5};

bool answers(const temporal::WorkflowHandle& job, const std::stop_token& stop) {
    try {
        (void)job.describe({.timeout = kQuestion, .stop = stop});
        return true;
    } catch (const temporal::WorkflowNotFound&) {
        throw;
    } catch (const temporal::RpcError& error) {
        if (!is_lost(error)) {
            throw;
        }
        return false;
    }
}

Patience patience_until(std::optional<Clock::time_point> deadline) {
    Patience patience;
    if (deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
        patience.whole = std::min(patience.whole, left);
    }
    return patience;
}

}  // namespace

bool is_lost(const temporal::RpcError& error) noexcept {
    switch (error.code()) {
        case temporal::RpcCode::kUnavailable:
        case temporal::RpcCode::kDeadlineExceeded:
        case temporal::RpcCode::kResourceExhausted:
        case temporal::RpcCode::kCancelled:
        case temporal::RpcCode::kInternal:
        case temporal::RpcCode::kUnknown: return true;
        default: return false;
    }
}

bool ask_until_answered(
    const std::function<bool()>& answers, const Patience& patience, const std::stop_token& stop
) {
    const auto end = Clock::now() + patience.whole;
    while (!stop.stop_requested()) {
        if (answers()) {
            return true;
        }
        if (Clock::now() + patience.between >= end || !pause(patience.between, stop)) {
            return false;
        }
    }
    return false;
}

std::optional<WaitEnd> wait_out(
    const temporal::RpcError& error,
    const temporal::WorkflowHandle& job,
    std::optional<Clock::time_point> deadline,
    const StopSignals& signals,
    const Notice& notice
) {
    const auto over = [&job](ExitCode code, const std::string& why) {
        return WaitEnd{code, why + goes_on_text(job.workflow_id())};
    };
    const auto by_signal = [&] { return over(stopped_by(*signals.received()), ""); };
    if (signals.received()) {
        return by_signal();
    }
    const Patience patience = patience_until(deadline);
    notice(std::string(error.what()) + "; trying on");
    const bool is_back = ask_until_answered(
        [&] { return answers(job, signals.token()); }, patience, signals.token()
    );
    if (signals.received()) {
        return by_signal();
    }
    if (is_back) {
        notice("Temporal answers again");
        return std::nullopt;
    }
    if (deadline && Clock::now() + patience.between >= *deadline) {
        return over(ExitCode::kTimedOut, "Temporal has not answered within the --timeout; ");
    }
    const auto minutes = std::chrono::floor<std::chrono::minutes>(patience.whole).count();
    return over(
        ExitCode::kCannotConnect,
        "Temporal has not answered for " + std::to_string(minutes) + " minutes; "
    );
}

}  // namespace inference::cli
