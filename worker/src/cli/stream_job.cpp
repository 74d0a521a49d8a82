#include "cli/stream_job.hpp"

#include "cli/await_job.hpp"
#include "cli/text_display.hpp"
#include "cli/wait_for_end.hpp"
#include "events/channel_address.hpp"
#include "events/follow_job.hpp"
#include "events/open_channel.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <ostream>
#include <thread>
#include <utility>

namespace inference::cli {
namespace {

constexpr char kNoEvents[] = "no live events, the answer is printed at its end: ";

/// Hears a job's events on a thread of its own.
///
/// Destroy: ends at once.
class Follower {
public:
    /// `err` is told once if nothing more can be heard; nobody else writes to it meanwhile.
    Follower(
        std::unique_ptr<EventSource> source,
        const temporal::WorkflowHandle& job,
        OnEvent on_event,
        std::ostream& err
    )
        : source_(std::move(source)),
          on_event_(std::move(on_event)),
          err_(err),
          thread_([this, id = job.workflow_id(), run = job.run_id()](const std::stop_token& stop) {
              follow(id, {.run_id = run, .stop = stop});
          }) {}

    /// Until the end was heard, nothing more can be, or the time is over.
    void wait_for_end(std::chrono::milliseconds patience) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience, [this] { return has_ended_; });
    }

private:
    void follow(const std::string& job_id, const FollowOptions& options) {
        const auto heard = follow_job(*source_, job_id, options, on_event_);
        if (!heard) {
            err_ << kNoEvents << heard.error() << '\n' << std::flush;
        }
        const std::lock_guard lock(mutex_);
        has_ended_ = true;
        changed_.notify_all();
    }

    std::unique_ptr<EventSource> source_;
    OnEvent on_event_;
    std::ostream& err_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_ended_ = false;
    std::jthread thread_;  // Last, for it uses the others.
};

using Ended = tl::expected<JobEnd, WaitEnd>;

std::unique_ptr<EventSource> source_of(const std::string& channel) {
    const auto address = parse_channel(channel);
    return address ? open_source(*address) : nullptr;
}

Ended wait_and_follow(
    const temporal::WorkflowHandle& job,
    const StreamWait& wait,
    const StopSignals& signals,
    const Invocation& invocation,
    OnEvent on_event
) {
    // What an end that is known already lets the last events come in, for who reads them all.
    constexpr std::chrono::milliseconds kForTheLast{500};
    const auto notice = [&err = invocation.err](const std::string& text) {
        err << text << '\n' << std::flush;
    };
    auto source = source_of(wait.channel);
    if (source == nullptr) {
        invocation.err << kNoEvents << "events.channel is none\n" << std::flush;
        return wait_for_end(job, wait.timeout, signals, notice);
    }
    Follower follower(std::move(source), job, std::move(on_event), invocation.err);
    Ended end = wait_for_end(job, wait.timeout, signals, notice);
    if (invocation.json() && end) {
        follower.wait_for_end(kForTheLast);
    }
    return end;
}

ExitCode leave(const WaitEnd& early, const Invocation& invocation) {
    invocation.err << early.message << '\n';
    return early.code;
}

ExitCode stream_events(
    const temporal::WorkflowHandle& job,
    const StreamWait& wait,
    const StopSignals& signals,
    const Invocation& invocation
) {
    const auto print = [&invocation](const StoredEvent& stored) {
        nlohmann::json line(stored.event);
        line["id"] = stored.id;
        invocation.print(line);
        invocation.out.flush();
    };
    const Ended end = wait_and_follow(job, wait, signals, invocation, print);
    return end ? print_end(*end, invocation) : leave(end.error(), invocation);
}

ExitCode stream_text(
    const temporal::WorkflowHandle& job,
    const StreamWait& wait,
    const StopSignals& signals,
    const Invocation& invocation
) {
    TextDisplay display(invocation.out, invocation.err, take_back_stdout());
    const auto show = [&display](const StoredEvent& stored) { display.take(stored.event); };
    const Ended end = wait_and_follow(job, wait, signals, invocation, show);
    if (end && !end->failure) {
        display.end_with(to_text(end->response));
        return ExitCode::kDone;
    }
    display.give_up();
    return end ? print_end(*end, invocation) : leave(end.error(), invocation);
}

}  // namespace

ExitCode stream_job(
    const temporal::WorkflowHandle& job,
    const StreamWait& wait,
    const StopSignals& signals,
    const Invocation& invocation
) {
    return invocation.json() ? stream_events(job, wait, signals, invocation)
                             : stream_text(job, wait, signals, invocation);
}

}  // namespace inference::cli
