/// @file temporal/detail/activity_type.hpp
/// @brief An activity's function without its C++ type, as the worker keeps it.
#pragma once

#include "temporal/activity_context.hpp"
#include "temporal/completion.hpp"
#include "temporal/converter.hpp"
#include "temporal/payload.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace temporal::detail {

/// A registered activity: its name on the wire and how to run it.
struct ActivityType {
    std::string name;
    /// True if `run` only starts the work, and so needs no thread while the activity is in flight.
    bool asynchronous = false;
    /// Ends the completion or hands it on; what it throws fails the activity.
    std::function<void(ActivityContext context, const Payloads& input, AnyCompletion completion)>
        run;
};

/// `R f(A...)`
template <class F, class R, class... A>
concept PlainActivity = std::is_invocable_r_v<R, F&, A...>;

/// `R f(ActivityContext&, A...)`
template <class F, class R, class... A>
concept BlockingActivity = std::is_invocable_r_v<R, F&, ActivityContext&, A...>;

/// `void f(ActivityContext, A..., Completion<R>)`
template <class F, class R, class... A>
concept AsynchronousActivity =
    std::is_invocable_r_v<void, F&, ActivityContext, A..., Completion<R>>;

/// A function that can implement the activity `R(A...)`, in exactly one of the three forms.
template <class F, class R, class... A>
concept ActivityFunction = int{PlainActivity<F, R, A...>} + int{BlockingActivity<F, R, A...>} +
                               int{AsynchronousActivity<F, R, A...>} ==
                           1;

template <class R, class Call>
void complete_with(AnyCompletion completion, Call&& call) {
    if constexpr (std::is_void_v<R>) {
        call();
        completion.complete(null_payload());
    } else {
        const R result = call();
        completion.complete(to_payload<R>(result));
    }
}

/// Erases a function's type. The function is called by several threads at once, as activities run
/// side by side.
template <class R, class... A, class F>
[[nodiscard]] ActivityType activity_type(std::string name, F&& function) {
    using Function = std::decay_t<F>;
    static_assert(
        ActivityFunction<Function, R, A...>,
        "an activity R(A...) is implemented by R f(A...), by R f(temporal::ActivityContext&, "
        "A...), or by "
        "void f(temporal::ActivityContext, A..., temporal::Completion<R>)"
    );
    // Shared, so that a function that can only be moved may be kept in a std::function.
    auto shared = std::make_shared<Function>(std::forward<F>(function));
    auto run = [shared = std::move(shared
                )](ActivityContext context, const Payloads& input, AnyCompletion completion) {
        auto arguments = from_payloads<std::decay_t<A>...>(input);
        std::apply(
            [&](auto&... argument) {
                if constexpr (AsynchronousActivity<Function, R, A...>) {
                    std::invoke(
                        *shared,
                        std::move(context),
                        std::move(argument)...,
                        Completion<R>(std::move(completion))
                    );
                } else if constexpr (BlockingActivity<Function, R, A...>) {
                    complete_with<R>(std::move(completion), [&]() -> R {
                        return std::invoke(*shared, context, std::move(argument)...);
                    });
                } else if constexpr (PlainActivity<Function, R, A...>) {
                    complete_with<R>(std::move(completion), [&]() -> R {
                        return std::invoke(*shared, std::move(argument)...);
                    });
                }
            },
            arguments
        );
    };
    return ActivityType{std::move(name), AsynchronousActivity<Function, R, A...>, std::move(run)};
}

}  // namespace temporal::detail
