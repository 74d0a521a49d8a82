/// @file temporal/workflow_context.hpp
/// @brief Everything that workflow code may do besides computing.
#pragma once

#include "temporal/cancellation_scope.hpp"
#include "temporal/converter.hpp"
#include "temporal/detail/operation.hpp"
#include "temporal/detail/workflow_runtime.hpp"
#include "temporal/random.hpp"
#include "temporal/search_attributes.hpp"
#include "temporal/task.hpp"
#include "temporal/workflow_info.hpp"

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace temporal {

/// A started timer; awaiting it waits until it fires.
///
/// Cancel: throws CanceledFailure when its scope or the timer itself is cancelled.
class [[nodiscard]] TimerHandle : public detail::WorkflowAwaitableTag {
public:
    explicit TimerHandle(detail::OperationPtr operation) : operation_(std::move(operation)) {}

    [[nodiscard]] bool done() const noexcept { return operation_->resolved(); }
    void cancel() const { operation_->cancel(); }

    auto operator co_await() const {
        struct Awaiter : detail::OperationAwaiter {
            using OperationAwaiter::OperationAwaiter;
            void await_resume() const { (void)operation().get(); }
        };
        return Awaiter(operation_);
    }

private:
    detail::OperationPtr operation_;
};

/// Waits until a predicate over workflow state holds. Made by WorkflowContext::until.
///
/// Cancel: throws CanceledFailure when its scope is cancelled and the predicate does not hold.
class [[nodiscard]] Condition : public detail::WorkflowAwaitableTag {
public:
    Condition(detail::Scheduler& scheduler, detail::ScopePtr scope, std::function<bool()> predicate)
        : scheduler_(&scheduler),
          waiter_(std::make_shared<detail::ConditionWaiter>(std::move(predicate), std::move(scope))
          ) {}

    [[nodiscard]] bool await_ready() const { return waiter_->ready(); }
    void await_suspend(std::coroutine_handle<> awaiting) const {
        waiter_->waiting = awaiting;
        scheduler_->add_condition(waiter_);
    }
    void await_resume() const {
        if (!waiter_->predicate()) {
            throw CanceledFailure(waiter_->scope->reason());
        }
    }

private:
    detail::Scheduler* scheduler_;
    std::shared_ptr<detail::ConditionWaiter> waiter_;
};

namespace detail {

/// Where a spawned task leaves its outcome.
template <class T>
struct SpawnState {
    explicit SpawnState(Scheduler& scheduler) : done(std::make_shared<Operation>(scheduler)) {}
    OperationPtr done;
    std::optional<T> value;
    FailurePtr failure;
};

template <>
struct SpawnState<void> {
    explicit SpawnState(Scheduler& scheduler) : done(std::make_shared<Operation>(scheduler)) {}
    OperationPtr done;
    FailurePtr failure;
};

template <class T>
Task<void> drive_spawned(
    WorkflowRuntime* runtime, Task<T> task, std::shared_ptr<SpawnState<T>> state
) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(task);
        } else {
            state->value.emplace(co_await std::move(task));
        }
    } catch (const Failure& failure) {
        state->failure = failure.clone();
    } catch (...) {
        runtime->fail_task(std::current_exception());
        co_return;
    }
    state->done->resolve(Payload{});
}

}  // namespace detail

/// A task that runs beside the one that spawned it.
///
/// Errors: awaiting it throws the Failure that ended it; any other exception fails the workflow task at once.
template <class T>
class [[nodiscard]] Spawned : public detail::WorkflowAwaitableTag {
public:
    explicit Spawned(std::shared_ptr<detail::SpawnState<T>> state) : state_(std::move(state)) {}

    [[nodiscard]] bool done() const noexcept { return state_->done->resolved(); }

    auto operator co_await() const {
        struct Awaiter : detail::OperationAwaiter {
            explicit Awaiter(std::shared_ptr<detail::SpawnState<T>> state)
                : OperationAwaiter(state->done), state(std::move(state)) {}
            T await_resume() const {
                if (state->failure) {
                    state->failure->raise();
                }
                if constexpr (!std::is_void_v<T>) {
                    return *state->value;
                }
            }
            std::shared_ptr<detail::SpawnState<T>> state;
        };
        return Awaiter(state_);
    }

private:
    std::shared_ptr<detail::SpawnState<T>> state_;
};

/// Options of `continue_as_new`; what is absent stays as it is.
struct ContinueAsNewOptions {
    std::string_view workflow_type = {};
    std::string_view task_queue = {};
    std::optional<Duration> run_timeout = std::nullopt;
    std::optional<Duration> task_timeout = std::nullopt;
    const PayloadMap* memo = nullptr;  ///< Absent: the run's, with what it upserted.
};

static_assert(std::is_trivially_destructible_v<ContinueAsNewOptions>);

/// A handle on the running workflow, cheap to copy and passed by value.
///
/// Threads: only the thread that runs the workflow; a query handler may read but start nothing.
/// Replay:  everything it answers is the same on every replay, but for `is_replaying`.
/// Cancel:  what is started through it belongs to its scope: the workflow's, unless made by `within` or `shielded`.
class WorkflowContext {
public:
    WorkflowContext(detail::WorkflowRuntime& runtime, detail::ScopePtr scope)
        : runtime_(&runtime), scope_(std::move(scope)) {}

    [[nodiscard]] const WorkflowInfo& info() const noexcept { return runtime_->info(); }
    /// The time of the current workflow task, never the machine's clock.
    [[nodiscard]] std::chrono::system_clock::time_point now() const noexcept {
        return runtime_->now();
    }
    /// True while history is replayed: to keep a log line from being written twice, and for nothing else.
    [[nodiscard]] bool is_replaying() const noexcept { return runtime_->is_replaying(); }
    [[nodiscard]] std::uint32_t history_length() const noexcept {
        return runtime_->history_length();
    }
    [[nodiscard]] std::uint64_t history_size_bytes() const noexcept {
        return runtime_->history_size_bytes();
    }
    /// The server would like the run to continue as new.
    [[nodiscard]] bool continue_as_new_suggested() const noexcept {
        return runtime_->continue_as_new_suggested();
    }
    [[nodiscard]] Random& random() const { return runtime_->random(); }

    /// Whether this run has the change `id`: true for a run that first comes here today, and on every replay what it was then.
    /// Guards code that would not replay the histories of runs that began before it.
    ///
    /// Replay: leaves a marker in the history. A change that all runs have is laid to rest by deprecate_patch() in its place, and
    ///         once no run is left that knows it, by nothing.
    /// @code
    ///   if (ctx.patched("notify-before-ship")) { co_await notify(ctx, order, {.start_to_close = 10s}); }
    /// @endcode
    [[nodiscard]] bool patched(std::string_view id) const { return runtime_->decide(id, true); }
    /// Keeps the history's marker of a change that is no longer asked for.
    void deprecate_patch(std::string_view id) const { runtime_->deprecate_patch(id); }
    /// The same as patched() for a choice that is not of the code, such as one of the worker's configuration: the first time in
    /// a run it is `preferred`, and from then on what it was, whatever is preferred where the run goes on.
    [[nodiscard]] bool decide(std::string_view id, bool preferred) const {
        return runtime_->decide(id, preferred);
    }

    /// Sets or takes away search attributes of the run; info() has them at once. The server must know each name and type: an
    /// attribute that is not registered there fails the workflow task, again and again.
    /// Replay: the call is part of the history, the values are not compared.
    /// @code
    ///   ctx.upsert_search_attributes(SearchAttributes().set(kStage, "paid").unset(kRetryAt));
    /// @endcode
    void upsert_search_attributes(const SearchAttributes& changes) const {
        runtime_->upsert_search_attributes(changes);
    }
    /// Sets entries of the run's memo, values by to_payload(); to_payload(std::nullopt) takes one away. As above, but for the
    /// names: a memo takes any.
    void upsert_memo(const PayloadMap& changes) const { runtime_->upsert_memo(changes); }

    /// What people see of the run while they look at it, in Markdown: Temporal's UI and `temporal workflow metadata` show it.
    /// Nothing of it is in the history, so it may be as long and change as often as it likes.
    /// Replay: free.
    void set_current_details(std::string markdown) const {
        runtime_->set_current_details([markdown = std::move(markdown)] { return markdown; });
    }
    /// The same, made when somebody asks, so that it costs nothing until then. It reads what outlives the run's coroutines, such
    /// as the workflow object, and changes nothing.
    /// @code
    ///   ctx.set_current_details([this] { return "**" + std::to_string(done_) + "** done"; });
    /// @endcode
    void set_current_details(std::function<std::string()> markdown) const {
        runtime_->set_current_details(std::move(markdown));
    }

    /// Starts a timer.
    /// Range:  0 fires as soon as it can; a negative duration throws std::invalid_argument.
    /// Replay: adding, removing or reordering timers breaks running workflows; a change of duration does not.
    TimerHandle sleep(Duration duration, std::string_view summary = {}) const {
        return TimerHandle(runtime_->start_timer(scope_, duration, summary));
    }

    /// No handler of a signal or an update is under way. A run that ends earlier leaves them unfinished, and whoever sent an
    /// update gets no answer: `co_await ctx.until([&] { return ctx.all_handlers_finished(); })`.
    [[nodiscard]] bool all_handlers_finished() const noexcept {
        return runtime_->all_handlers_finished();
    }

    /// Waits until `predicate` holds; it is looked at whenever the workflow has moved.
    /// Replay: the predicate reads workflow state only and changes nothing.
    Condition until(std::function<bool()> predicate) const {
        return Condition(runtime_->scheduler(), scope_, std::move(predicate));
    }

    /// Waits until `predicate` holds or `timeout` has passed; true if it holds.
    Task<bool> until(std::function<bool()> predicate, Duration timeout) const {
        return until_or_timeout(*this, std::move(predicate), timeout);
    }

    /// Runs `task` beside the caller.
    template <class T>
    Spawned<T> spawn(Task<T> task) const {
        auto state = std::make_shared<detail::SpawnState<T>>(runtime_->scheduler());
        runtime_->adopt(detail::drive_spawned<T>(runtime_, std::move(task), state));
        return Spawned<T>(std::move(state));
    }

    /// A scope that is cancelled with this context's scope, or by itself.
    [[nodiscard]] CancellationScope make_scope() const {
        return CancellationScope(scope_->make_child());
    }
    /// The same run under another scope.
    [[nodiscard]] WorkflowContext within(const CancellationScope& scope) const {
        return WorkflowContext(*runtime_, scope.scope_);
    }
    /// The same run under a scope that nothing cancels: for cleaning up after a cancel.
    [[nodiscard]] WorkflowContext shielded() const {
        return WorkflowContext(*runtime_, std::make_shared<detail::Scope>());
    }
    /// This context's scope was cancelled.
    [[nodiscard]] bool canceled() const noexcept { return scope_->canceled(); }

    /// Ends this run and starts another of the same workflow, with a fresh history.
    template <class... Args>
    [[noreturn]] void continue_as_new(const ContinueAsNewOptions& options, const Args&... arguments)
        const {
        throw detail::ContinueAsNewRequest{
            .workflow_type = std::string(
                options.workflow_type.empty() ? info().workflow_type : options.workflow_type
            ),
            .task_queue = std::string(options.task_queue),
            .arguments = to_payloads(arguments...),
            .run_timeout = options.run_timeout,
            .task_timeout = options.task_timeout,
            .memo = options.memo != nullptr ? *options.memo : PayloadMap{},
        };
    }

private:
    template <class>
    friend class Activity;

    static Task<bool> until_or_timeout(
        WorkflowContext context, std::function<bool()> predicate, Duration timeout
    );

    detail::WorkflowRuntime* runtime_;
    detail::ScopePtr scope_;
};

/// Waits for the first of several started things and gives its place in the list. Ties go to the earlier place.
template <class... Handles>
Task<std::size_t> when_any(WorkflowContext context, Handles... handles) {
    std::size_t first = 0;
    co_await context.until([&first, &handles...] {
        std::size_t place = 0;
        return ((handles.done() ? (first = place, true) : (++place, false)) || ...);
    });
    co_return first;
}

}  // namespace temporal
