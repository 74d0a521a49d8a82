#include "cli/watch.hpp"

#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/find_status.hpp"
#include "cli/live_pollers.hpp"
#include "cli/lost_connection.hpp"
#include "cli/next_step.hpp"
#include "cli/progress_display.hpp"
#include "cli/stop_signals.hpp"
#include "cli/watch_screen.hpp"
#include "temporal/error.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace inference::cli {
namespace {

/// How often a job is looked at.
constexpr std::chrono::seconds kPace{1};

/// A bar needs lines above it on the same terminal.
std::optional<std::size_t> terminal_width() {
    return isatty(STDOUT_FILENO) != 0 ? stderr_width() : std::nullopt;
}

/// Returns when it is time to look again: at once where the job ends.
void wait_for_news(const temporal::WorkflowHandle& job, const StopSignals& signals) {
    try {
        (void)job.result<nlohmann::json>({.timeout = kPace, .stop = signals.token()});
    } catch (const temporal::WorkflowFailed&) {
        return;
    } catch (const temporal::ConversionError&) {
        return;  // It has ended, with a result that is none of ours.
    } catch (const temporal::RpcError& error) {
        if (signals.received() || error.code() != temporal::RpcCode::kDeadlineExceeded) {
            throw;
        }
    }
}

/// Nothing moves where nobody serves the queue, and only the server knows that.
void warn_of_idle_queue(
    const temporal::Client& client,
    const temporal::WorkflowHandle& job,
    const StopSignals& signals,
    WatchScreen& screen
) {
    const std::string queue = job.describe({.stop = signals.token()}).execution.task_queue;
    const auto described = client.describe_task_queue(
        queue, temporal::TaskQueueKind::kWorkflow, {.stop = signals.token()}
    );
    if (live_pollers(described, std::chrono::system_clock::now()) == 0) {
        screen.say("no worker serves " + queue + "; start one with: inference-worker worker");
    }
}

/// The job's last status, or why the watching ended before it.
tl::expected<JobStatus, WaitEnd> watch_until_end(
    const temporal::Client& client,
    const temporal::WorkflowHandle& job,
    const StopSignals& signals,
    WatchScreen& screen
) {
    bool is_first = true;
    while (true) {
        try {
            JobStatus status = find_status(job, {.stop = signals.token()});
            screen.show(status, WatchScreen::Clock::now());
            if (is_final(status.state)) {
                return status;
            }
            if (is_first && status.state == JobState::kQueued) {
                warn_of_idle_queue(client, job, signals, screen);
            }
            is_first = false;
            wait_for_news(job, signals);
        } catch (const temporal::RpcError& error) {
            if (!signals.received() && !is_lost(error)) {
                throw;
            }
            const auto notice = [&screen](const std::string& text) { screen.say(text); };
            if (auto over = wait_out(error, job, std::nullopt, signals, notice)) {
                return tl::unexpected(*std::move(over));
            }
        }
    }
}

/// Where its answer is, or what to do about it.
std::string after_the_end(const JobStatus& status) {
    const std::string step = next_step(status);
    return step.empty() ? "its answer: inference-worker result " + status.job_id : step;
}

ExitCode watch(const std::string& job_id, Invocation& invocation) {
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    WatchScreen screen(invocation, terminal_width);
    const auto last = watch_until_end(client, client.handle(job_id), signals, screen);
    if (!last) {
        screen.say(last.error().message);
        return last.error().code;
    }
    if (!invocation.json()) {
        screen.say(after_the_end(*last));
    }
    return last->state == JobState::kCompleted ? ExitCode::kDone : ExitCode::kJobFailed;
}

}  // namespace

void add_watch(CommandLine& line) {
    const auto job_id = std::make_shared<std::string>();
    CLI::App& command = line.add(
        "watch",
        "Shows a job as it changes, until it ends",
        [job_id](Invocation& invocation) { return watch(*job_id, invocation); }
    );
    command.add_option("JOB", *job_id, "The job's id")->required();
    command.footer(
        "Ends with 0 for a job that completed and 1 for any other end; Ctrl-C leaves the job "
        "running.\n"
        "Example: inference-worker watch batch-1"
    );
}

}  // namespace inference::cli
