/// @file temporal/detail/operation.hpp
/// @brief Something that a workflow has asked for and that is answered once: a timer, an activity.
#pragma once

#include "temporal/detail/scheduler.hpp"
#include "temporal/failure.hpp"
#include "temporal/payload.hpp"
#include "temporal/task.hpp"

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace temporal::detail {

/// The shared state between the run, which resolves it, and the coroutines that wait for it.
///
/// Cancel: `cancel` asks once and does not resolve by itself; the run decides when the answer is there.
class Operation {
public:
    using Outcome = std::variant<Payload, FailurePtr>;

    explicit Operation(Scheduler& scheduler) : scheduler_(&scheduler) {}

    [[nodiscard]] bool resolved() const noexcept { return outcome_.has_value(); }

    /// Wakes the waiters in the order in which they came. The first outcome stands.
    void resolve(Outcome outcome);

    void on_cancel(std::function<void()> ask) { ask_cancel_ = std::move(ask); }
    void cancel();

    void add_waiter(std::coroutine_handle<> waiter) { waiters_.push_back(waiter); }

    /// The value; throws the failure.
    [[nodiscard]] const Payload& get() const;

private:
    Scheduler* scheduler_;
    std::optional<Outcome> outcome_;
    std::function<void()> ask_cancel_;
    std::vector<std::coroutine_handle<>> waiters_;
};

using OperationPtr = std::shared_ptr<Operation>;

/// Awaits an operation and leaves its value to the derived awaiter.
class OperationAwaiter {
public:
    explicit OperationAwaiter(OperationPtr operation) : operation_(std::move(operation)) {}
    [[nodiscard]] bool await_ready() const noexcept { return operation_->resolved(); }
    void await_suspend(std::coroutine_handle<> awaiting) const { operation_->add_waiter(awaiting); }

protected:
    [[nodiscard]] const Operation& operation() const noexcept { return *operation_; }

private:
    OperationPtr operation_;
};

}  // namespace temporal::detail
