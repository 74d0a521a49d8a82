/// @file temporal/activity.hpp
/// @brief Activities as workflow code calls them: a name with a signature.
#pragma once

#include "temporal/activity_options.hpp"
#include "temporal/converter.hpp"
#include "temporal/detail/operation.hpp"
#include "temporal/workflow_context.hpp"

#include <string_view>
#include <type_traits>
#include <utility>

namespace temporal {

/// A scheduled activity; awaiting it gives its result.
///
/// Errors: throws ActivityFailure, whose cause says what happened.
/// Cancel: throws CanceledFailure or an ActivityFailure caused by one, as the options' cancellation type says.
template <class R>
class [[nodiscard]] ActivityHandle : public detail::WorkflowAwaitableTag {
public:
    explicit ActivityHandle(detail::OperationPtr operation) : operation_(std::move(operation)) {}

    [[nodiscard]] bool done() const noexcept { return operation_->resolved(); }
    void cancel() const { operation_->cancel(); }

    auto operator co_await() const {
        struct Awaiter : detail::OperationAwaiter {
            using OperationAwaiter::OperationAwaiter;
            R await_resume() const {
                const Payload& payload = operation().get();
                if constexpr (!std::is_void_v<R>) {
                    return from_payload<R>(payload);
                }
            }
        };
        return Awaiter(operation_);
    }

private:
    detail::OperationPtr operation_;
};

template <class Signature>
class Activity;

/// An activity's name and signature; the implementation is bound to it at a worker, in whatever language.
///
/// Calling it schedules the activity at once; awaiting what the call returns waits for the result.
/// @code
///   inline constexpr temporal::Activity<Reply(Prompt)> infer{"infer"};
///   Reply reply = co_await infer(ctx, prompt, {.start_to_close = 2min});
///   Prompt checked = co_await check.local(ctx, prompt, {.start_to_close = 1s});
/// @endcode
template <class R, class... Args>
class Activity<R(Args...)> {
public:
    constexpr explicit Activity(const char* name) noexcept : name_(name) {}

    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }

    /// Errors: throws std::invalid_argument where neither start_to_close nor schedule_to_close is given.
    ActivityHandle<R> operator()(
        const WorkflowContext& context,
        const std::type_identity_t<Args>&... arguments,
        const ActivityOptions& options
    ) const {
        return ActivityHandle<R>(context.runtime_->schedule_activity(
            context.scope_, name_, to_payloads<Args...>(arguments...), options
        ));
    }

    /// Runs it on this worker, within the workflow task, as LocalActivityOptions says. The worker has to serve the activity.
    ///
    /// Errors: throws std::invalid_argument where neither start_to_close nor schedule_to_close is given.
    ActivityHandle<R> local(
        const WorkflowContext& context,
        const std::type_identity_t<Args>&... arguments,
        const LocalActivityOptions& options
    ) const {
        return ActivityHandle<R>(context.runtime_->schedule_local_activity(
            context.scope_, name_, to_payloads<Args...>(arguments...), options
        ));
    }

private:
    std::string_view name_;
};

}  // namespace temporal
