/// @file temporal/worker.hpp
/// @brief Serves one task queue until it is told to stop, then drains.
#pragma once

#include "temporal/activity.hpp"
#include "temporal/detail/activity_type.hpp"
#include "temporal/detail/workflow_type.hpp"
#include "temporal/retry_policy.hpp"
#include "temporal/slot_supplier.hpp"
#include "temporal/workflow.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace temporal {

class Client;

/// How a worker serves its queue.
struct WorkerOptions {
    std::string task_queue;
    std::uint32_t max_concurrent_activities = 100;
    /// Decides instead of a fixed number, which then is to be the most that it ever gives: blocking activities run on so many
    /// threads. Null: `max_concurrent_activities` slots.
    std::shared_ptr<SlotSupplier> activity_slots;
    std::uint32_t max_concurrent_workflow_tasks = 100;  ///< At least 2 with a cache.
    std::uint32_t max_cached_workflows = 1000;  ///< 0 replays every workflow task from the start.
    /// How long the server waits for this worker before it gives a cached workflow to another one.
    Duration sticky_timeout = std::chrono::seconds{10};
    /// The longest time for which core keeps a heartbeat back. A cancel reaches an activity with
    /// the answer to its heartbeat, so this is also how long a cancel may take.
    Duration max_heartbeat_throttle = std::chrono::seconds{60};
    /// The same for activities without a heartbeat timeout.
    Duration default_heartbeat_throttle = std::chrono::seconds{30};
    /// How long running activities may go on after the worker was told to stop. Then they are
    /// cancelled, and what agrees to the cancel is retried elsewhere at once.
    Duration drain_grace = std::chrono::seconds{0};
    std::size_t workflow_threads = 0;  ///< 0: one for each processor, at least two.
    std::optional<std::uint32_t> workflow_pollers;  ///< Absent: core's choice.
    std::optional<std::uint32_t> activity_pollers;  ///< Absent: core's choice.
    /// Activities of this queue that one workflow task may start here without the detour through
    /// the queue; 0: none.
    std::uint32_t max_eager_activities_per_task = 3;
    std::string identity;  ///< Empty: the client's.
    std::string build_id;  ///< Empty: none.
    /// Told what an operator should know, such as a failed workflow task or an activity that
    /// ignored its cancel. Called on the worker's threads, several at once. Empty: dropped.
    std::function<void(std::string_view message)> on_warning;
};

/// Serves one task queue. Several workers, each with a queue of its own, run side by side in one
/// process.
///
/// Threads: blocking activities run on at most `max_concurrent_activities` threads, made as they
///          are needed. `add` comes before `run`; `polling` and `running_activities` may be called
///          from any thread.
/// @code
///   temporal::Worker worker(client, {.task_queue = "inference-normal", .drain_grace = 30s});
///   worker.add(preprocess, [](const Request& request) { return prepare(request); })
///         .add(infer, start_inference)  // Or a function object that holds the engine.
///         .add<InferenceWorkflow>();
///   return worker.run_until_signal();
/// @endcode
class Worker {
public:
    Worker(const Client& client, WorkerOptions options);
    Worker(Worker&&) noexcept;
    Worker& operator=(Worker&&) noexcept;
    ~Worker();

    /// Binds a function to an activity: `R f(A...)` or `R f(ActivityContext&, A...)`, which hold a
    /// thread until they return, or `void f(ActivityContext, A..., Completion<R>)`, which returns
    /// at once and is ended through its completion.
    ///
    /// Errors:  std::invalid_argument if the name is taken.
    /// Threads: the function is called from several threads at once.
    template <class R, class... A, class F>
    Worker& add(const Activity<R(A...)>& activity, F&& function) {
        return add_activity(
            detail::activity_type<R, A...>(std::string(activity.name()), std::forward<F>(function))
        );
    }

    /// Serves the workflow that `W::definition` defines. `on_closed` is told of the runs that end on
    /// this worker, for logs and metrics: of most once, of one whose end the server does not take
    /// (a crash, a signal that came meanwhile) again. It hears of no run that was terminated or
    /// timed out, and of none that is only replayed.
    ///
    /// Errors:  std::invalid_argument if the name is taken. What `on_closed` throws is a warning.
    /// Threads: `on_closed` is called on the worker's threads, several at once.
    template <WorkflowClass W>
    Worker& add(OnClosed<W> on_closed = {}) {
        return add<W>(WorkflowObserver<W>{.on_closed = std::move(on_closed)});
    }

    /// The same with an observer that is told of a run's progress besides: after each task, or part of one, in which the run's
    /// code went on, before the server has taken what it decided. Where the server does not take it, that comes again, from this
    /// worker or another one, with a greater history length.
    ///
    /// Errors:  std::invalid_argument if the name is taken. What the observer throws is a warning.
    /// Threads: called on the worker's threads, several at once; of one run in order. It holds up the run, so it must not block.
    template <WorkflowClass W>
    Worker& add(WorkflowObserver<W> observer) {
        return add_workflow(detail::workflow_type<W>(std::move(observer)));
    }

    /// Polls the queue until `stop` fires, then drains: polling stops, running activities get
    /// `drain_grace` to finish and are then cancelled and reported as retryable. Call once.
    ///
    /// Returns at most 5 s after the grace period. Activities that ignore the cancel are reported
    /// all the same; a blocking one then keeps its thread, and what its function refers to has to
    /// live until the process ends.
    /// Errors: Error, naming the namespace, the address and the next step, if the server refuses
    ///         the worker or later stops serving it.
    void run(std::stop_token stop);

    /// `run` until SIGTERM or SIGINT. A second signal ends the process at once, with 128 plus its
    /// number. Gives the exit code: 0.
    int run_until_signal();

    /// True while tasks are asked for.
    [[nodiscard]] bool polling() const noexcept;
    /// Activities that were started and have not been reported yet.
    [[nodiscard]] std::size_t running_activities() const noexcept;
    [[nodiscard]] const WorkerOptions& options() const noexcept;

private:
    class Impl;

    Worker& add_activity(detail::ActivityType type);
    Worker& add_workflow(detail::WorkflowType type);

    std::unique_ptr<Impl> impl_;
};

/// Runs workers side by side, each as `Worker::run` does. If one fails, the others drain and its
/// error is thrown.
void run(std::span<Worker> workers, std::stop_token stop);

/// Runs workers side by side, as `Worker::run_until_signal` does.
int run_until_signal(std::span<Worker> workers);

}  // namespace temporal
