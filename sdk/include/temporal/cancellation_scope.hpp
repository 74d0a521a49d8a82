/// @file temporal/cancellation_scope.hpp
/// @brief What is cancelled together inside a workflow.
#pragma once

#include "temporal/detail/operation.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace temporal {

namespace detail {

/// A node of the tree of scopes. Cancelling asks its operations in the order in which they were started, then its
/// children in the order in which they were made.
class Scope {
public:
    [[nodiscard]] bool canceled() const noexcept { return canceled_; }
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    void cancel(const std::string& reason);
    void add(const OperationPtr& operation);
    [[nodiscard]] std::shared_ptr<Scope> make_child();

private:
    bool canceled_ = false;
    std::string reason_;
    std::vector<std::weak_ptr<Operation>> operations_;
    std::vector<std::weak_ptr<Scope>> children_;
};

using ScopePtr = std::shared_ptr<Scope>;

}  // namespace detail

/// A handle on a group of operations that can be cancelled without cancelling the workflow.
///
/// Cancel: operations of the scope end with CanceledFailure, in the order in which they were started; new ones under a
///         cancelled scope end so at once.
/// Replay: deterministic, for it is single-threaded and ordered; std::stop_source is not.
/// @code
///   auto race = ctx.make_scope();
///   auto first = infer(ctx.within(race), request, {.start_to_close = 1min});
///   co_await ctx.sleep(5s);
///   race.cancel("too slow");
/// @endcode
class CancellationScope {
public:
    explicit CancellationScope(detail::ScopePtr scope) : scope_(std::move(scope)) {}
    void cancel(const std::string& reason = "") const { scope_->cancel(reason); }
    [[nodiscard]] bool canceled() const noexcept { return scope_->canceled(); }

private:
    friend class WorkflowContext;
    detail::ScopePtr scope_;
};

}  // namespace temporal
