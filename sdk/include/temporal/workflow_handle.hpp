/// @file temporal/workflow_handle.hpp
/// @brief One workflow, seen from a client.
#pragma once

#include "temporal/call_options.hpp"
#include "temporal/converter.hpp"
#include "temporal/history.hpp"
#include "temporal/query_options.hpp"
#include "temporal/update_handle.hpp"
#include "temporal/workflow.hpp"
#include "temporal/workflow_execution.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace temporal {

namespace bridge {
class WorkflowService;
}

namespace detail {

/// Encodes arguments as the parameter types of a member, not as what the caller happens to pass.
template <class Tuple>
struct PayloadsFrom;
template <class... Args>
struct PayloadsFrom<std::tuple<Args...>> {
    static constexpr std::size_t kCount = sizeof...(Args);
    static Payloads encode(const Args&... arguments) { return to_payloads<Args...>(arguments...); }
};

/// What a handler gives, whether it is a coroutine or not.
template <class R>
struct ValueOf {
    using Type = std::decay_t<R>;
};
template <class R>
struct ValueOf<Task<R>> {
    using Type = R;
};
template <auto Member>
using HandlerResult = typename ValueOf<typename MemberOf<Member>::Result>::Type;

}  // namespace detail

/// Steers one workflow and waits for it. A value; copies are equal.
///
/// A handle from a start follows the workflow through its continuations; one made with a run id
/// stays with that run.
///
/// Errors:  WorkflowNotFound if the server knows no such workflow; RpcError for everything between
///          here and the server. All messages name the workflow.
/// Cancel:  every call ends at once when the stop token of its options fires.
/// Threads: use from any thread.
class WorkflowHandle {
public:
    WorkflowHandle(
        std::shared_ptr<const bridge::WorkflowService> service,
        std::string workflow_id,
        std::string run_id,
        std::string first_run_id,
        bool newly_started
    );

    [[nodiscard]] const std::string& workflow_id() const noexcept { return workflow_id_; }
    /// The run that calls are about; empty: always the latest.
    [[nodiscard]] const std::string& run_id() const noexcept { return run_id_; }
    /// The run with which the workflow began, where the handle is from a start.
    [[nodiscard]] const std::string& first_run_id() const noexcept { return first_run_id_; }
    /// False where the start found the workflow running, or the handle is from no start.
    [[nodiscard]] bool newly_started() const noexcept { return newly_started_; }

    /// Waits until the workflow has ended, through continuations, and reads its result.
    ///
    /// Errors: WorkflowFailed if it failed, was cancelled, terminated or timed out; ConversionError
    ///         if the result is no `R`; RpcError(kDeadlineExceeded) if it still runs when the
    ///         timeout is over. Without a timeout it waits for ever.
    template <class R>
    R result(const CallOptions& options = {}) const {
        return detail::decode_result<R>(await_result(options));
    }

    [[nodiscard]] WorkflowDescription describe(const CallOptions& options = {}) const;
    /// Asks it to end: its code sees a CanceledFailure and may clean up.
    void cancel(std::string_view reason = {}, const CallOptions& options = {}) const;
    /// Ends it at once, whatever its code does.
    void terminate(std::string_view reason = {}, const CallOptions& options = {}) const;

    /// Sends a signal by its name.
    void signal(std::string_view name, const Payloads& arguments, const CallOptions& options = {})
        const;

    /// Sends a signal by the member that handles it: `handle.signal<&Chat::say>("hello")`.
    template <auto Member, class... Args>
        requires(sizeof...(Args) == detail::PayloadsFrom<detail::CallerArguments<Member>>::kCount)
    void signal(const Args&... arguments) const {
        signal<Member>(CallOptions{}, arguments...);
    }
    template <auto Member, class... Args>
        requires(sizeof...(Args) == detail::PayloadsFrom<detail::CallerArguments<Member>>::kCount)
    void signal(const CallOptions& options, const Args&... arguments) const {
        signal(
            detail::handler_name<Member>(),
            detail::PayloadsFrom<detail::CallerArguments<Member>>::encode(arguments...),
            options
        );
    }

    /// Asks a query by its name.
    ///
    /// Errors: QueryFailed if there is no such query or its handler throws; QueryRejected by the
    ///         options' condition; RpcError (kDeadlineExceeded or kFailedPrecondition) if no worker
    ///         answers.
    template <class R>
    [[nodiscard]] R query(
        std::string_view name, const Payloads& arguments = {}, const QueryOptions& options = {}
    ) const {
        return from_payload<R>(query_payload(name, arguments, options));
    }

    /// Asks a query by the member that answers it: `handle.query<&Chat::tokens>()`.
    template <auto Member, class... Args>
        requires(sizeof...(Args) == detail::PayloadsFrom<detail::CallerArguments<Member>>::kCount)
    [[nodiscard]] auto query(const Args&... arguments) const {
        return query<Member>(QueryOptions{}, arguments...);
    }
    template <auto Member, class... Args>
        requires(sizeof...(Args) == detail::PayloadsFrom<detail::CallerArguments<Member>>::kCount)
    [[nodiscard]] auto query(const QueryOptions& options, const Args&... arguments) const {
        using Result = std::decay_t<typename detail::MemberOf<Member>::Result>;
        return from_payload<Result>(query_payload(
            detail::handler_name<Member>(),
            detail::PayloadsFrom<detail::CallerArguments<Member>>::encode(arguments...),
            options
        ));
    }

    /// Sends an update by its name and waits until a worker has accepted it.
    ///
    /// Errors: UpdateFailed if it is refused: by its validator, or because there is no such update.
    [[nodiscard]] UpdateHandle start_update(
        std::string_view name, const Payloads& arguments, const UpdateOptions& options = {}
    ) const;
    /// The same, and waits for its result.
    ///
    /// Errors: UpdateFailed also if its handler fails.
    template <class R>
    R update(std::string_view name, const Payloads& arguments, const UpdateOptions& options = {})
        const {
        return detail::decode_result<R>(update_payload(name, arguments, options));
    }

    /// Sends an update by the member that handles it and waits for its result: `int left = handle.update<&Chat::take>(2)`.
    template <auto Member, class... Args>
        requires(sizeof...(Args) == detail::PayloadsFrom<detail::CallerArguments<Member>>::kCount)
    detail::HandlerResult<Member> update(const Args&... arguments) const {
        return update<Member>(UpdateOptions{}, arguments...);
    }
    template <auto Member, class... Args>
        requires(sizeof...(Args) == detail::PayloadsFrom<detail::CallerArguments<Member>>::kCount)
    detail::HandlerResult<Member> update(const UpdateOptions& options, const Args&... arguments)
        const {
        return detail::decode_result<detail::HandlerResult<Member>>(update_payload(
            detail::handler_name<Member>(),
            detail::PayloadsFrom<detail::CallerArguments<Member>>::encode(arguments...),
            options
        ));
    }
    /// The same, and waits only until a worker has accepted it.
    template <auto Member, class... Args>
        requires(sizeof...(Args) == detail::PayloadsFrom<detail::CallerArguments<Member>>::kCount)
    TypedUpdateHandle<detail::HandlerResult<Member>> start_update(
        const UpdateOptions& options, const Args&... arguments
    ) const {
        return TypedUpdateHandle<detail::HandlerResult<Member>>(start_update(
            detail::handler_name<Member>(),
            detail::PayloadsFrom<detail::CallerArguments<Member>>::encode(arguments...),
            options
        ));
    }

    /// All events so far.
    [[nodiscard]] History fetch_history(const CallOptions& options = {}) const;

protected:
    [[nodiscard]] Payload await_result(const CallOptions& options) const;

private:
    [[nodiscard]] Payload update_payload(
        std::string_view name, const Payloads& arguments, const UpdateOptions& options
    ) const;
    [[nodiscard]] Payload query_payload(
        std::string_view name, const Payloads& arguments, const QueryOptions& options
    ) const;

    std::shared_ptr<const bridge::WorkflowService> service_;
    std::string workflow_id_;
    std::string run_id_;
    std::string first_run_id_;
    bool newly_started_;
};

/// A handle that knows its workflow's result type.
template <class R>
class TypedWorkflowHandle : public WorkflowHandle {
public:
    explicit TypedWorkflowHandle(WorkflowHandle handle) : WorkflowHandle(std::move(handle)) {}

    /// As WorkflowHandle::result<R>.
    R result(const CallOptions& options = {}) const {
        return detail::decode_result<R>(await_result(options));
    }
};

}  // namespace temporal
