#include "worker/worker_session.hpp"

#include "bridge/activity_codec.hpp"
#include "bridge/one_shot.hpp"
#include "temporal/error.hpp"
#include "worker/core_reporter.hpp"
#include "worker/drain_plan.hpp"

#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace temporal::worker {
namespace {

using Clock = std::chrono::steady_clock;

// A thread that has just reported its activity needs a moment to come back to its pool.
constexpr std::chrono::milliseconds kThreadExit{100};

// What core still holds on to, a stuck thread with it, must stay until the process ends.
void leave_behind(std::shared_ptr<WorkerSession> session) {
    static std::mutex mutex;
    static auto* const left_behind = new std::vector<std::shared_ptr<WorkerSession>>;
    const std::lock_guard lock(mutex);
    left_behind->push_back(std::move(session));
}

}  // namespace

WorkerSession::WorkerSession(
    WorkerSessionOptions options,
    activity::Registry activities,
    const std::vector<detail::WorkflowType>& workflows,
    std::shared_ptr<bridge::CoreWorker> core
)
    : options_(std::move(options)),
      core_(std::move(core)),
      events_(std::make_shared<CoreEvents>(!workflows.empty(), !activities.empty())),
      activity_worker_(
          {.task_queue = options_.task_queue,
           .max_concurrent_activities = options_.max_concurrent_activities},
          std::move(activities),
          std::make_shared<CoreReporter>(core_, options_.on_warning)
      ),
      workflow_worker_(std::make_unique<WorkflowWorker>(
          WorkflowWorkerOptions{
              .namespace_name = options_.namespace_name,
              .task_queue = options_.task_queue,
              .threads = options_.workflow_threads,
              .on_warning = options_.on_warning
          },
          workflows,
          core_
      )) {}

void WorkerSession::run(const std::stop_token& stop) {
    if (!validate(stop)) {
        return;
    }
    start();
    polling_ = true;
    const bool asked = events_->wait_for_stop(stop);
    polling_ = false;
    drain();
    if (!asked) {
        throw Error(
            "the worker of queue '" + options_.task_queue + "' in namespace '" +
            options_.namespace_name + "' at " + options_.address +
            " can poll no longer: " + events_->last_poll_error()
        );
    }
}

bool WorkerSession::validate(const std::stop_token& stop) {
    const auto answer = std::make_shared<bridge::OneShot<std::optional<std::string>>>();
    core_->validate([answer](std::optional<std::string> error) { answer->set(std::move(error)); });
    const auto error = answer->wait(stop);
    if (!error) {
        return false;
    }
    if (*error) {
        throw Error(
            "queue '" + options_.task_queue + "' of namespace '" + options_.namespace_name +
            "' at " + options_.address + " cannot be served: " + **error +
            ". Check that the server is up and that the namespace exists (`temporal operator "
            "namespace list`)."
        );
    }
    return true;
}

void WorkerSession::start() {
    // No callback owns the session: the last owner must not be a thread of core's. `this` is safe,
    // for a session that core still has tasks for is left behind and never destroyed.
    core_->start({
        .on_task =
            [this](bridge::TaskKind kind, bridge::Buffer task) { on_task(kind, std::move(task)); },
        .on_poll_error =
            [events = events_,
             warn = options_.on_warning,
             queue = options_.task_queue](bridge::TaskKind, std::string error) {
                warn("polling queue '" + queue + "': " + error);
                events->poll_failed(std::move(error));
            },
        .on_shutdown = [events = events_](bridge::TaskKind kind) { events->stopped(kind); },
    });
}

void WorkerSession::on_task(bridge::TaskKind kind, bridge::Buffer task) noexcept {
    try {
        if (kind == bridge::TaskKind::kWorkflow) {
            workflow_worker_->on_activation(std::move(task));
        } else {
            activity_worker_.on_task(bridge::decode_activity_task(task.view()));
        }
    } catch (const std::exception& error) {
        options_.on_warning(
            "a task of queue '" + options_.task_queue + "' was lost: " + error.what()
        );
    }
}

void WorkerSession::drain() {
    const DrainPlan plan(Clock::now(), options_.drain_grace);
    activity_worker_.begin_shutdown();
    core_->initiate_shutdown();
    if (!events_->wait_until_all_stopped(plan.abandon)) {
        warn_of_abandoned(activity_worker_.abandon());
    }
    const bool stopped = events_->wait_until_all_stopped(plan.give_up);
    activity_worker_.close(Clock::now() + kThreadExit);
    if (!stopped) {
        leave_behind(shared_from_this());
        options_.on_warning(
            "the worker of queue '" + options_.task_queue +
            "' leaves before core is done: what it held is given to others once its timeouts run "
            "out"
        );
        return;
    }
    workflow_worker_.reset();
    finalize(plan.leave);
}

void WorkerSession::finalize(CoreEvents::Deadline deadline) {
    core_->finalize([events = events_,
                     warn = options_.on_warning](const std::optional<std::string>& error) {
        if (error) {
            warn("core's worker did not end well: " + *error);
        }
        events->finalized();
    });
    events_->wait_until_finalized(deadline);
}

void WorkerSession::warn_of_abandoned(const std::vector<std::string>& activity_types) {
    for (const std::string& type : activity_types) {
        options_.on_warning(
            "activity '" + type + "' ignored its cancel; it was reported as stopped and left behind"
        );
    }
}

}  // namespace temporal::worker
