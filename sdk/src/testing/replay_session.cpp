#include "testing/replay_session.hpp"

#include "bridge/activation_codec.hpp"
#include "bridge/one_shot.hpp"
#include "temporal/error.hpp"
#include "testing/explain_nondeterminism.hpp"
#include "testing/recorded_event.hpp"
#include "worker/core_events.hpp"
#include "worker/workflow_worker.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace temporal::testing {
namespace {

using workflows::EvictionReason;

constexpr std::string_view kNamespace = "default";
constexpr std::string_view kTaskQueue = "replay";
// Core ends a replayer without asking anybody.
constexpr std::chrono::seconds kPatience{10};

bool is_success(EvictionReason reason) {
    return reason == EvictionReason::kLangRequested || reason == EvictionReason::kCacheFull ||
           reason == EvictionReason::kWorkflowExecutionEnding;
}

}  // namespace

/// Why the run left the cache, and how much of its history core had shown until then.
struct ReplaySession::Verdict {
    EvictionReason reason = EvictionReason::kUnspecified;
    std::string message;
    std::int64_t history_length = 0;
};

struct ReplaySession::Shared {
    using Waiter = std::shared_ptr<bridge::OneShot<Verdict>>;

    Waiter wait_for_next() {
        const std::lock_guard lock(mutex);
        history_length = 0;
        return waiter = std::make_shared<bridge::OneShot<Verdict>>();
    }

    // Only the first counts: after a failure core shows the same history again until it is fed the
    // next one.
    void settle(EvictionReason reason, std::string message) {
        const std::lock_guard lock(mutex);
        if (const Waiter settled = std::exchange(waiter, nullptr)) {
            settled->set({reason, std::move(message), history_length});
        }
    }

    void on_task(bridge::Buffer task) {
        const auto activation = bridge::decode_activation(task.view(), kNamespace, kTaskQueue);
        if (activation.history_length > 0) {
            history_length = activation.history_length;
        }
        workflow_worker->on_activation(std::move(task));
    }

    worker::CoreEvents events{/*workflows=*/true, /*activities=*/false};
    std::unique_ptr<worker::WorkflowWorker> workflow_worker;
    std::atomic<std::int64_t> history_length = 0;
    std::mutex mutex;
    Waiter waiter;
};

ReplaySession::ReplaySession(
    const Runtime& runtime, const std::vector<detail::WorkflowType>& workflows
)
    : shared_(std::make_shared<Shared>()) {
    auto made = bridge::CoreWorker::make_replayer(runtime.bridge(), kNamespace, kTaskQueue);
    core_ = std::move(made.worker);
    feeder_ = std::move(made.feeder);
    worker::WorkflowWorkerOptions options{
        .namespace_name = std::string(kNamespace), .task_queue = std::string(kTaskQueue)
    };
    options.on_evicted = [shared = shared_.get()](
                             const std::string&, EvictionReason reason, const std::string& message
                         ) { shared->settle(reason, message); };
    shared_->workflow_worker =
        std::make_unique<worker::WorkflowWorker>(std::move(options), workflows, core_);
    core_->start({
        .on_task = [shared = shared_](
                       bridge::TaskKind, bridge::Buffer task
                   ) { shared->on_task(std::move(task)); },
        .on_poll_error = [shared = shared_](
                             bridge::TaskKind, std::string error
                         ) { shared->settle(EvictionReason::kFatal, std::move(error)); },
        .on_shutdown =
            [shared = shared_](bridge::TaskKind kind) {
                shared->settle(EvictionReason::kFatal, "core's replayer has stopped");
                shared->events.stopped(kind);
            },
    });
}

ReplaySession::~ReplaySession() {
    feeder_.reset();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    if (!shared_->events.wait_until_all_stopped(deadline)) {
        return;
    }
    shared_->workflow_worker.reset();
    core_->finalize([shared = shared_](const std::optional<std::string>&) {
        shared->events.finalized();
    });
    shared_->events.wait_until_finalized(deadline);
}

ReplaySession::Verdict ReplaySession::feed(const std::string& workflow_id, const History& history) {
    const auto waiter = shared_->wait_for_next();
    feeder_->push(
        workflow_id,
        history.binary(),
        [shared = shared_](const std::optional<std::string>& error) {
            if (error) {
                shared->settle(EvictionReason::kFatal, *error);
            }
        }
    );
    return waiter->wait();
}

ReplayResult ReplaySession::replay(const History& history) {
    const std::vector<RecordedEvent> events = recorded_events(history);
    const std::string workflow_id =
        history.workflow_id().empty() ? "replayed" : history.workflow_id();
    const Verdict verdict = feed(workflow_id, history);
    ReplayResult result{.workflow_id = workflow_id, .failure = {}};
    if (verdict.reason == EvictionReason::kNondeterminism) {
        result.failure = explain_nondeterminism(verdict.message, events, verdict.history_length);
    } else if (!is_success(verdict.reason)) {
        result.failure = ReplayFailure{
            .kind = ReplayFailure::Kind::kWorkflowTask,
            .message = "the workflow task failed: " + verdict.message,
            .core_message = verdict.message
        };
    }
    return result;
}

}  // namespace temporal::testing
