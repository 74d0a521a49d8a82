/// @file temporal/task.hpp
/// @brief The coroutine type of workflow code.
#pragma once

#include "temporal/detail/scheduler.hpp"

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace temporal {

template <class T = void>
class Task;

namespace detail {

/// The base of everything that workflow code may await besides a Task. Deriving from it is a promise that the
/// awaitable is resumed by the run's scheduler and by nothing else.
struct WorkflowAwaitableTag {};

template <class T>
concept WorkflowAwaitable = std::derived_from<std::remove_cvref_t<T>, WorkflowAwaitableTag>;

template <class>
inline constexpr bool kAlwaysFalse = false;

class PromiseBase {
public:
    static std::suspend_always initial_suspend() noexcept { return {}; }

    struct FinalAwaiter {
        static bool await_ready() noexcept { return false; }
        template <class Promise>
        static void await_suspend(std::coroutine_handle<Promise> self) noexcept {
            PromiseBase& promise = self.promise();
            if (promise.continuation_) {
                promise.scheduler_->resume_next(promise.continuation_);
            }
        }
        static void await_resume() noexcept {}
    };
    static FinalAwaiter final_suspend() noexcept { return {}; }

    void unhandled_exception() noexcept { exception_ = std::current_exception(); }

    template <class T>
    auto await_transform(Task<T>&& task) {
        return std::move(task).awaiter(*scheduler_);
    }

    template <class T>
    void await_transform(Task<T>& task
    ) = delete;  // A task is moved in, never borrowed: co_await std::move(task).

    template <class A>
    decltype(auto) await_transform(A&& awaitable) {
        static_assert(
            WorkflowAwaitable<A>,
            "workflow code may await only what replays the same: tasks, activities, timers, "
            "conditions and "
            "spawned tasks of temporal::. Do the rest in an activity."
        );
        return std::forward<A>(awaitable);
    }

    void bind(Scheduler& scheduler, std::coroutine_handle<> continuation) noexcept {
        scheduler_ = &scheduler;
        continuation_ = continuation;
    }

protected:
    void rethrow_if_failed() const {
        if (exception_) {
            std::rethrow_exception(exception_);
        }
    }

private:
    Scheduler* scheduler_ = nullptr;
    std::coroutine_handle<> continuation_;
    std::exception_ptr exception_;
};

template <class T>
class Promise final : public PromiseBase {
public:
    Task<T> get_return_object() noexcept;
    template <class U>
        requires std::constructible_from<T, U&&>
    void return_value(U&& value) {
        value_.emplace(std::forward<U>(value));
    }
    T take() {
        rethrow_if_failed();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class Promise<void> final : public PromiseBase {
public:
    Task<void> get_return_object() noexcept;
    static void return_void() noexcept {}
    void take() const { rethrow_if_failed(); }
};

}  // namespace detail

/// A piece of workflow code that has not started yet. Awaiting it runs it to its end and gives its value.
///
/// Takes its parameters by value: a reference may be gone when the coroutine resumes.
/// Cancel:  does nothing by itself; what the task awaits throws CanceledFailure once its scope is cancelled.
/// Replay:  awaits only what replays the same; anything else does not compile.
/// Threads: stays with the thread of its run.
/// @code
///   temporal::Task<int> twice(temporal::WorkflowContext ctx, int value) {
///       co_await ctx.sleep(1s);
///       co_return 2 * value;
///   }
/// @endcode
template <class T>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;
    using value_type = T;

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            destroy();
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() { destroy(); }

private:
    friend class detail::Promise<T>;
    friend class detail::PromiseBase;
    friend class RootTask;

    /// Owns the frame while the awaiting coroutine waits for it.
    class Awaiter {
    public:
        Awaiter(Task task, detail::Scheduler& scheduler) noexcept
            : task_(std::move(task)), scheduler_(&scheduler) {}
        static bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<> awaiting) noexcept {
            task_.handle_.promise().bind(*scheduler_, awaiting);
            scheduler_->resume_next(task_.handle_);
        }
        T await_resume() { return task_.handle_.promise().take(); }

    private:
        Task task_;
        detail::Scheduler* scheduler_;
    };

    explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}

    Awaiter awaiter(detail::Scheduler& scheduler) && noexcept {
        return Awaiter(std::move(*this), scheduler);
    }

    void destroy() noexcept {
        if (handle_) {
            handle_.destroy();
        }
    }

    std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
    return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

}  // namespace detail

/// A task that nobody awaits, owned by its run: main, handlers and spawned tasks.
class RootTask {
public:
    RootTask(Task<void> task, detail::Scheduler& scheduler) : task_(std::move(task)) {
        task_.handle_.promise().bind(scheduler, nullptr);
        scheduler.enqueue(task_.handle_);
    }
    [[nodiscard]] bool done() const noexcept { return task_.handle_.done(); }

private:
    Task<void> task_;
};

}  // namespace temporal
