/// @file temporal/client.hpp
/// @brief Starts workflows and finds them again.
#pragma once

#include "temporal/call_options.hpp"
#include "temporal/connect_options.hpp"
#include "temporal/converter.hpp"
#include "temporal/runtime.hpp"
#include "temporal/search_attributes.hpp"
#include "temporal/server_info.hpp"
#include "temporal/start_options.hpp"
#include "temporal/workflow.hpp"
#include "temporal/workflow_execution.hpp"
#include "temporal/workflow_handle.hpp"
#include "temporal/workflow_token.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace temporal {

namespace bridge {
class Connection;
}

namespace detail {

/// What a workflow is started with: its one argument, or else the tuple of them.
template <class Arguments>
struct WorkflowInput {
    using Type = Arguments;
    static Payloads encode(const Type& input) {
        return std::apply([](const auto&... each) { return to_payloads(each...); }, input);
    }
};
template <class Argument>
struct WorkflowInput<std::tuple<Argument>> {
    using Type = Argument;
    static Payloads encode(const Type& input) { return to_payloads<Argument>(input); }
};

}  // namespace detail

struct ListOptions {
    std::size_t limit = 0;  ///< 0: all.
    std::size_t page_size = 100;
};

/// One namespace of one Temporal server. A value; copies share the connection, which reconnects by
/// itself.
///
/// All calls block. Their errors name the method, the cause and, where there is one, the workflow.
///
/// Errors:  RpcError for everything between here and the server, where nothing more precise is
///          said.
/// Cancel:  every call ends at once when the stop token of its options fires.
/// Threads: use from any thread.
/// @code
///   auto client = temporal::Client::connect(temporal::ConnectOptions::from_environment());
///   auto handle = client.start<Greeter>("Ada", {.id = "greet-ada", .task_queue = "greetings"});
///   std::string greeting = handle.result({.timeout = 30s});
/// @endcode
class Client {
public:
    /// Connects and asks the server who it is.
    ///
    /// Errors: ConnectError naming the address, the cause and the next step.
    [[nodiscard]] static Client connect(
        const ConnectOptions& options, const Runtime& runtime = Runtime(), std::stop_token stop = {}
    );

    /// Starts a workflow by the class that implements it.
    ///
    /// Errors: WorkflowAlreadyStarted if the policies forbid it.
    template <WorkflowClass W>
    TypedWorkflowHandle<workflow_result_t<W>> start(
        const typename detail::WorkflowInput<workflow_arguments_t<W>>::Type& input,
        const StartOptions& options,
        const CallOptions& call = {}
    ) const {
        auto arguments = detail::WorkflowInput<workflow_arguments_t<W>>::encode(input);
        return TypedWorkflowHandle<workflow_result_t<W>>(
            start(detail::workflow_name<W>(), arguments, options, call)
        );
    }
    /// The same for a workflow without arguments.
    template <WorkflowClass W>
        requires(std::tuple_size_v<workflow_arguments_t<W>> == 0)
    TypedWorkflowHandle<workflow_result_t<W>> start(
        const StartOptions& options, const CallOptions& call = {}
    ) const {
        return TypedWorkflowHandle<workflow_result_t<W>>(
            start(detail::workflow_name<W>(), {}, options, call)
        );
    }

    /// Starts a workflow by its token: `client.start(chat(prompt), {.id = "chat-1", .task_queue =
    /// "chat"})`.
    template <class R>
    TypedWorkflowHandle<R> start(
        const WorkflowCall<R>& workflow, const StartOptions& options, const CallOptions& call = {}
    ) const {
        return TypedWorkflowHandle<R>(
            start(workflow.workflow_type, workflow.arguments, options, call)
        );
    }

    /// Starts a workflow by its name.
    ///
    /// Errors: WorkflowAlreadyStarted if the policies forbid it; RpcError(kInvalidArgument) without
    ///         an id or a queue.
    WorkflowHandle start(
        std::string_view workflow_type,
        const Payloads& arguments,
        const StartOptions& options,
        const CallOptions& call = {}
    ) const;

    /// A handle to a workflow that was started elsewhere; asks the server nothing. Without a run id
    /// it is about the latest.
    [[nodiscard]] WorkflowHandle handle(std::string workflow_id, std::string run_id = {}) const;

    /// Calls `visit` for each workflow that matches the list filter, newest first, until it returns
    /// false. Pages are fetched as they are needed. The list trails the truth by up to seconds.
    /// @code
    ///   client.list("ExecutionStatus = 'Running'", [](const temporal::WorkflowExecution& found) {
    ///       std::cout << found.workflow_id << '\n';
    ///       return true;
    ///   });
    /// @endcode
    void list(
        std::string_view query,
        const std::function<bool(const WorkflowExecution&)>& visit,
        const ListOptions& list = {},
        const CallOptions& call = {}
    ) const;
    /// The same, collected.
    [[nodiscard]] std::vector<WorkflowExecution> list(
        std::string_view query, const ListOptions& list = {}, const CallOptions& call = {}
    ) const;
    /// How many match; as approximate as the list.
    [[nodiscard]] std::int64_t count(std::string_view query, const CallOptions& call = {}) const;

    /// Who serves a queue and what waits in it.
    [[nodiscard]] TaskQueueDescription describe_task_queue(
        std::string_view name, TaskQueueKind kind, const CallOptions& call = {}
    ) const;
    /// The client's own namespace. Errors: RpcError(kNotFound) if there is none of that name.
    [[nodiscard]] NamespaceDescription describe_namespace(const CallOptions& call = {}) const;
    /// The attributes that were registered in the client's namespace, without the server's own.
    [[nodiscard]] SearchAttributeTypes search_attributes(const CallOptions& call = {}) const;
    /// Registers more of them. They can be used some seconds later.
    ///
    /// Errors: RpcError: kAlreadyExists where one is registered with another type, kPermissionDenied where the client may not;
    ///         others where the server has no room left.
    void add_search_attributes(const SearchAttributeTypes& types, const CallOptions& call = {})
        const;
    /// Asks the server who it is: the cheapest proof that it serves.
    [[nodiscard]] ServerInfo check_health(const CallOptions& call = {}) const;

    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    [[nodiscard]] const std::string& namespace_name() const noexcept;
    [[nodiscard]] const std::string& identity() const noexcept;

    /// For the SDK's own use.
    [[nodiscard]] const std::shared_ptr<bridge::Connection>& connection() const noexcept;

private:
    Client(std::shared_ptr<const bridge::WorkflowService> service, std::string address);

    std::shared_ptr<const bridge::WorkflowService> service_;
    std::string address_;
};

}  // namespace temporal
