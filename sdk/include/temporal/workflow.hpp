/// @file temporal/workflow.hpp
/// @brief How a class becomes a workflow.
#pragma once

#include "temporal/activity.hpp"
#include "temporal/closed_workflow.hpp"
#include "temporal/converter.hpp"
#include "temporal/detail/workflow_type.hpp"
#include "temporal/task.hpp"
#include "temporal/workflow_context.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace temporal {

/// A name as a template argument.
template <std::size_t N>
struct FixedString {
    // Implicit: query<"status", ...> is the point.
    consteval FixedString(const char (&text)[N]) {
        std::copy_n(text, N, value);
    }  // NOLINT(google-explicit-constructor)
    [[nodiscard]] constexpr std::string_view view() const { return {value, N - 1}; }
    char value[N]{};
};

namespace detail {

template <class>
struct MemberTraits;

template <class C, class R, class... Args>
struct MemberTraits<R (C::*)(Args...)> {
    using Class = C;
    using Result = R;
    using Arguments = std::tuple<std::decay_t<Args>...>;
    static constexpr bool kConst = false;
};

template <class C, class R, class... Args>
struct MemberTraits<R (C::*)(Args...) const> : MemberTraits<R (C::*)(Args...)> {
    static constexpr bool kConst = true;
};

template <auto Member>
using MemberOf = MemberTraits<std::remove_cv_t<decltype(Member)>>;

template <class>
inline constexpr bool kIsTask = false;
template <class T>
inline constexpr bool kIsTask<Task<T>> = true;

/// Strips a leading WorkflowContext, which is given by the run and not by the caller.
template <class Tuple>
struct WithoutContext {
    using Type = Tuple;
    static constexpr bool kTakesContext = false;
};
template <class... Args>
struct WithoutContext<std::tuple<WorkflowContext, Args...>> {
    using Type = std::tuple<Args...>;
    static constexpr bool kTakesContext = true;
};

template <class Tuple>
struct PayloadsTo;
template <class... Args>
struct PayloadsTo<std::tuple<Args...>> {
    static std::tuple<Args...> decode(const Payloads& payloads) {
        return from_payloads<Args...>(payloads);
    }
};

template <>
struct PayloadsTo<std::tuple<temporal::Arguments>> {
    static std::tuple<temporal::Arguments> decode(const Payloads& payloads) {
        return {temporal::Arguments{payloads}};
    }
};

/// Calls `object.*Member` with the context where it wants one.
template <auto Member, class Object>
decltype(auto) call_member(Object& object, WorkflowContext context, auto&& arguments) {
    using Traits = MemberOf<Member>;
    return std::apply(
        [&](auto&&... args) -> decltype(auto) {
            if constexpr (WithoutContext<typename Traits::Arguments>::kTakesContext) {
                return (object.*Member)(std::move(context), std::forward<decltype(args)>(args)...);
            } else {
                return (object.*Member)(std::forward<decltype(args)>(args)...);
            }
        },
        std::forward<decltype(arguments)>(arguments)
    );
}

template <auto Member>
using CallerArguments = typename WithoutContext<typename MemberOf<Member>::Arguments>::Type;

}  // namespace detail

/// Every SDK answers queries of its own, and more may come.
consteval bool is_reserved(std::string_view name) {
    return name.starts_with("__temporal_") || name == "__stack_trace" ||
           name == "__enhanced_stack_trace";
}

/// What each definition of a handler says of itself. The description is for people: Temporal's UI shows it.
template <detail::HandlerKind Kind, FixedString Name, auto Handler, FixedString Description>
struct HandlerDefinition {
    static_assert(
        !is_reserved(Name.view()),
        "this handler's name is Temporal's own: __stack_trace, and all that begin with __temporal_"
    );
    static constexpr detail::HandlerKind kKind = Kind;
    static constexpr std::string_view kName = Name.view();
    static constexpr std::string_view kDescription = Description.view();
    static constexpr auto kHandler = Handler;
};

/// A signal and the member that handles it: `void f(Args...)` or `Task<void> f(Args...)`, a WorkflowContext first if
/// it wants one.
template <FixedString Name, auto Handler, FixedString Description>
struct SignalDefinition
    : HandlerDefinition<detail::HandlerKind::kSignal, Name, Handler, Description> {
    using Traits = detail::MemberOf<Handler>;
    static_assert(
        std::is_void_v<typename Traits::Result> ||
            std::same_as<typename Traits::Result, Task<void>>,
        "a signal handler returns void or temporal::Task<void>: nobody waits for its value"
    );
};

/// A query and the member that answers it.
template <FixedString Name, auto Handler, FixedString Description>
struct QueryDefinition
    : HandlerDefinition<detail::HandlerKind::kQuery, Name, Handler, Description> {
    using Traits = detail::MemberOf<Handler>;
    static_assert(
        Traits::kConst,
        "a query handler is a const member function: a query must not change the workflow"
    );
    static_assert(
        !detail::kIsTask<typename Traits::Result>,
        "a query handler answers at once: it is no coroutine"
    );
};

namespace detail {

/// Whether `Validator` takes what `Handler` takes and only looks at it.
template <auto Handler, auto Validator>
consteval bool validates() {
    if constexpr (std::same_as<decltype(Validator), std::nullptr_t>) {
        return true;
    } else {
        using Traits = MemberOf<Validator>;
        return Traits::kConst && std::is_void_v<typename Traits::Result> &&
               std::same_as<CallerArguments<Handler>, typename Traits::Arguments>;
    }
}

}  // namespace detail

/// An update and the member that carries it out: `R f(Args...)` or `Task<R> f(Args...)`, a WorkflowContext first if it wants one.
/// A validator, `void v(Args...) const`, looks first: what it throws refuses the update, of which then nothing is in the history.
///
/// Errors: a Failure that the handler throws is the update's; any other exception fails the workflow task.
/// Replay: validators do not run again.
template <FixedString Name, auto Handler, auto Validator, FixedString Description>
struct UpdateDefinition
    : HandlerDefinition<detail::HandlerKind::kUpdate, Name, Handler, Description> {
    using Traits = detail::MemberOf<Handler>;
    static_assert(
        detail::validates<Handler, Validator>(),
        "an update's validator is a const member function that returns void and takes what the "
        "handler takes, without a context"
    );
    static constexpr auto kValidator = Validator;
};

template <FixedString Name, auto Handler, auto Validator = nullptr, FixedString Description = "">
inline constexpr UpdateDefinition<Name, Handler, Validator, Description> update{};

template <FixedString Name, auto Handler, FixedString Description = "">
inline constexpr SignalDefinition<Name, Handler, Description> signal{};

template <FixedString Name, auto Handler, FixedString Description = "">
inline constexpr QueryDefinition<Name, Handler, Description> query{};

/// What a workflow class says of itself: its name, its main coroutine and its handlers.
template <auto Run, class... Handlers>
struct WorkflowDefinition {
    using Traits = detail::MemberOf<Run>;
    static_assert(
        detail::kIsTask<typename Traits::Result>, "a workflow's run returns a temporal::Task"
    );
    using Class = typename Traits::Class;
    using Arguments = detail::CallerArguments<Run>;
    using Result = typename Traits::Result::value_type;

    std::string_view name;
};

/// Makes a workflow's definition.
/// @code
///   struct Greeter {
///       temporal::Task<std::string> run(temporal::WorkflowContext ctx, std::string name);
///       int greeted() const;
///       // Last, for it names the members above.
///       static constexpr auto definition = temporal::workflow<&Greeter::run>(
///           "Greeter", temporal::query<"greeted", &Greeter::greeted>);
///   };
/// @endcode
template <auto Run, class... Handlers>
consteval WorkflowDefinition<Run, Handlers...>
workflow(const char* name, Handlers... /*handlers*/) {
    return {name};
}

/// Where a workflow's definition is found. Specialise it for a class that cannot have the member.
template <class W>
inline constexpr auto definition_of = W::definition;

/// A class with a definition.
template <class W>
concept WorkflowClass = requires { typename decltype(definition_of<W>)::Arguments; };

template <WorkflowClass W>
using workflow_result_t = typename decltype(definition_of<W>)::Result;
template <WorkflowClass W>
using workflow_arguments_t = typename decltype(definition_of<W>)::Arguments;

/// What a worker calls when a run of W ends on it: with the workflow as it ended, to read from.
template <WorkflowClass W>
using OnClosed = std::function<void(const W& workflow, const ClosedWorkflow& closed)>;

/// What a worker tells of the runs of W that it has, with the workflow to read from. Empty ones are not called.
template <WorkflowClass W>
struct WorkflowObserver {
    /// The run's code went on, and the run with it: not of queries, of what is only replayed, of tasks that failed, and not of
    /// the end, which `on_closed` is told of.
    std::function<void(const W& workflow, const ProgressedWorkflow& progressed)> on_progress = {};
    OnClosed<W> on_closed = {};
};

namespace detail {

template <WorkflowClass W>
[[nodiscard]] constexpr std::string_view workflow_name() {
    return definition_of<W>.name;
}

template <auto Member, class Handler>
consteval bool handles() {
    if constexpr (std::same_as<decltype(Member), std::remove_cv_t<decltype(Handler::kHandler)>>) {
        return Member == Handler::kHandler;
    } else {
        return false;
    }
}
template <auto Member, class Handler>
inline constexpr bool kHandles = handles<Member, Handler>();

template <auto Member, auto Run, class... Handlers>
consteval std::string_view name_in(const WorkflowDefinition<Run, Handlers...>& /*definition*/) {
    static_assert(
        (kHandles<Member, Handlers> || ...),
        "this member is not in the workflow's definition: add temporal::signal, temporal::query or "
        "temporal::update for it"
    );
    std::string_view name;
    ((kHandles<Member, Handlers> ? void(name = Handlers::kName) : void()), ...);
    return name;
}

/// The wire name of a handler, from its member pointer.
template <auto Member>
[[nodiscard]] constexpr std::string_view handler_name() {
    return name_in<Member>(definition_of<typename MemberOf<Member>::Class>);
}

template <class Definition>
inline constexpr std::array<HandlerInfo, 0> kHandlers{};
template <auto Run, class... Handlers>
inline constexpr std::array<HandlerInfo, sizeof...(Handlers)>
    kHandlers<WorkflowDefinition<Run, Handlers...>>{
        HandlerInfo{Handlers::kKind, Handlers::kName, Handlers::kDescription}...
    };

template <class W, class Definition>
class WorkflowObjectOf;

template <class W, auto Run, class... Handlers>
class WorkflowObjectOf<W, WorkflowDefinition<Run, Handlers...>> final : public WorkflowObject {
public:
    explicit WorkflowObjectOf(const WorkflowContext& context) : self_(make(context)) {}

    Task<Payload> run(WorkflowContext context, Payloads arguments) override {
        // Decoded into this frame, so that reference parameters stay valid for the whole run.
        auto decoded = PayloadsTo<CallerArguments<Run>>::decode(arguments);
        if constexpr (std::is_void_v<typename WorkflowDefinition<Run, Handlers...>::Result>) {
            co_await call_member<Run>(self_, std::move(context), std::move(decoded));
            co_return null_payload();
        } else {
            auto result = co_await call_member<Run>(self_, std::move(context), std::move(decoded));
            co_return to_payload(result);
        }
    }

    std::unique_ptr<Task<void>> signal(
        WorkflowContext context, const std::string& name, const Payloads& input
    ) override {
        std::unique_ptr<Task<void>> started;
        static_cast<void>((try_signal<Handlers>(context, name, input, started) || ...));
        return started;
    }

    std::unique_ptr<Task<Payload>> update(
        WorkflowContext context,
        const std::string& name,
        const Payloads& input,
        [[maybe_unused]] bool validates  // Where there are no handlers.
    ) override {
        std::unique_ptr<Task<Payload>> handler;
        static_cast<void>((try_update<Handlers>(context, name, input, validates, handler) || ...));
        return handler;
    }

    std::optional<Payload> query(const std::string& name, const Payloads& arguments)
        const override {
        std::optional<Payload> answer;
        static_cast<void>((try_query<Handlers>(name, arguments, answer) || ...));
        return answer;
    }

    [[nodiscard]] const W& self() const noexcept { return self_; }

private:
    static W make(const WorkflowContext& context) {
        if constexpr (std::constructible_from<W, WorkflowContext>) {
            return W(context);
        } else {
            static_assert(
                std::default_initializable<W>,
                "a workflow is made by its default constructor or from a WorkflowContext"
            );
            return W();
        }
    }

    template <class Handler>
    bool try_signal(
        const WorkflowContext& context,
        const std::string& name,
        const Payloads& input,
        std::unique_ptr<Task<void>>& started
    ) {
        if constexpr (Handler::kKind == HandlerKind::kSignal) {
            if (name != Handler::kName) {
                return false;
            }
            started = std::make_unique<Task<void>>(handle_signal<Handler>(
                context, PayloadsTo<CallerArguments<Handler::kHandler>>::decode(input)
            ));
            return true;
        } else {
            return false;
        }
    }

    template <class Handler>
    Task<void> handle_signal(WorkflowContext context, CallerArguments<Handler::kHandler> decoded) {
        if constexpr (std::is_void_v<typename Handler::Traits::Result>) {
            call_member<Handler::kHandler>(self_, std::move(context), std::move(decoded));
            co_return;
        } else {
            co_await call_member<Handler::kHandler>(self_, std::move(context), std::move(decoded));
        }
    }

    template <class Handler>
    bool try_update(
        const WorkflowContext& context,
        const std::string& name,
        const Payloads& input,
        bool validates,
        std::unique_ptr<Task<Payload>>& handler
    ) {
        if constexpr (Handler::kKind == HandlerKind::kUpdate) {
            if (name != Handler::kName) {
                return false;
            }
            auto decoded = PayloadsTo<CallerArguments<Handler::kHandler>>::decode(input);
            if (validates) {
                validate<Handler>(decoded);
            }
            handler =
                std::make_unique<Task<Payload>>(handle_update<Handler>(context, std::move(decoded))
                );
            return true;
        } else {
            return false;
        }
    }

    template <class Handler>
    void validate(const CallerArguments<Handler::kHandler>& decoded) const {
        if constexpr (!std::same_as<
                          std::remove_cv_t<decltype(Handler::kValidator)>,
                          std::nullptr_t>) {
            std::apply(
                [this](const auto&... args) { (self_.*Handler::kValidator)(args...); }, decoded
            );
        }
    }

    template <class Handler>
    Task<Payload> handle_update(
        WorkflowContext context, CallerArguments<Handler::kHandler> decoded
    ) {
        using Result = typename Handler::Traits::Result;
        if constexpr (kIsTask<Result>) {
            if constexpr (std::is_void_v<typename Result::value_type>) {
                co_await call_member<Handler::kHandler>(
                    self_, std::move(context), std::move(decoded)
                );
                co_return null_payload();
            } else {
                auto result = co_await call_member<Handler::kHandler>(
                    self_, std::move(context), std::move(decoded)
                );
                co_return to_payload(result);
            }
        } else if constexpr (std::is_void_v<Result>) {
            call_member<Handler::kHandler>(self_, std::move(context), std::move(decoded));
            co_return null_payload();
        } else {
            co_return to_payload(
                call_member<Handler::kHandler>(self_, std::move(context), std::move(decoded))
            );
        }
    }

    template <class Handler>
    bool try_query(
        const std::string& name, const Payloads& arguments, std::optional<Payload>& answer
    ) const {
        if constexpr (Handler::kKind == HandlerKind::kQuery) {
            if (name != Handler::kName) {
                return false;
            }
            auto decoded = PayloadsTo<typename Handler::Traits::Arguments>::decode(arguments);
            answer = std::apply(
                [this](auto&&... args) {
                    return to_payload((self_.*Handler::kHandler)(std::forward<decltype(args)>(args
                    )...));
                },
                std::move(decoded)
            );
            return true;
        } else {
            return false;
        }
    }

    W self_;
};

template <WorkflowClass W>
[[nodiscard]] WorkflowType workflow_type(WorkflowObserver<W> observer = {}) {
    using Definition = std::remove_cv_t<decltype(definition_of<W>)>;
    using Object = WorkflowObjectOf<W, Definition>;
    WorkflowType type{
        .name = std::string(workflow_name<W>()),
        .create = [](WorkflowContext context) -> std::unique_ptr<WorkflowObject> {
            return std::make_unique<Object>(context);
        },
        .handlers = kHandlers<Definition>,
    };
    if (observer.on_progress) {
        type.on_progress = [tell = std::move(observer.on_progress)](
                               const WorkflowObject& object, const ProgressedWorkflow& progressed
                           ) { tell(static_cast<const Object&>(object).self(), progressed); };
    }
    if (observer.on_closed) {
        type.on_closed = [tell = std::move(observer.on_closed)](
                             const WorkflowObject& object, const ClosedWorkflow& closed
                         ) { tell(static_cast<const Object&>(object).self(), closed); };
    }
    return type;
}

}  // namespace detail
}  // namespace temporal
