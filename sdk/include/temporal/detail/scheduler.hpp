/// @file temporal/detail/scheduler.hpp
/// @brief The deterministic run queue under every workflow run.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace temporal::detail {

class Scope;

/// A coroutine that waits for a predicate; a cancelled scope wakes it, too.
struct ConditionWaiter {
    ConditionWaiter(std::function<bool()> predicate, std::shared_ptr<Scope> scope)
        : predicate(std::move(predicate)), scope(std::move(scope)) {}
    [[nodiscard]] bool ready() const;

    std::function<bool()> predicate;
    std::shared_ptr<Scope> scope;
    std::coroutine_handle<> waiting;
};

/// Runs coroutines one at a time, in an order that depends on nothing but the calls made to it.
///
/// Why this is deterministic: the queue is FIFO in the order of `enqueue`, conditions are looked at in the order in which
/// they were awaited and only the first true one is woken before the queue runs again, and nothing depends on addresses,
/// hashes, clocks or threads. Replaying the same jobs therefore resumes the same coroutines in the same order.
///
/// Why it is flat: awaiting a task and returning from one go through `resume_next` and not through a nested resume, so
/// the stack does not grow with the number of awaits on any compiler.
///
/// Threads: one at a time; the owner of the run sees to that.
class Scheduler {
public:
    /// Runs `handle` as soon as the running coroutine suspends, ahead of the queue. At most one per suspension.
    void resume_next(std::coroutine_handle<> handle) noexcept { next_ = handle; }

    /// Appends to the queue.
    void enqueue(std::coroutine_handle<> handle) { ready_.push_back(handle); }

    void add_condition(std::shared_ptr<ConditionWaiter> waiter) {
        conditions_.push_back(std::move(waiter));
    }

    /// Runs until every coroutine waits for something from outside.
    void run();

    /// Runs the queue without looking at conditions.
    void run_ready();

    [[nodiscard]] std::size_t waiting_conditions() const noexcept { return conditions_.size(); }

    /// Forgets everything, so that frames can be destroyed without being resumed.
    void clear() noexcept;

private:
    bool wake_first_true_condition();

    std::coroutine_handle<> next_;
    std::deque<std::coroutine_handle<>> ready_;
    std::vector<std::shared_ptr<ConditionWaiter>> conditions_;
};

}  // namespace temporal::detail
