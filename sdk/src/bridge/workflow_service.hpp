/// @file bridge/workflow_service.hpp
/// @brief The calls of Temporal's WorkflowService and OperatorService that the client makes, with plain types on both
/// sides.
#pragma once

#include "bridge/close_event.hpp"
#include "bridge/rpc.hpp"
#include "temporal/failure.hpp"
#include "temporal/payload.hpp"
#include "temporal/query_options.hpp"
#include "temporal/search_attributes.hpp"
#include "temporal/server_info.hpp"
#include "temporal/start_options.hpp"
#include "temporal/workflow_execution.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace temporal::bridge {

class Connection;

/// How long one call may take.
struct Timing {
    std::chrono::nanoseconds timeout = std::chrono::seconds{30};
    std::stop_token stop = {};
};

/// Which run a call is about; without a run id the latest one of the workflow.
struct RunRef {
    std::string workflow_id;
    std::string run_id;
    /// Where given, the call fails if the workflow that has the id now is not of the chain that
    /// began with this run.
    std::string first_run_id;
};

struct StartReply {
    std::string run_id;
    std::string first_run_id;
    bool started = true;  ///< False: a workflow of that id was running and is used.
};

/// How far an update has come. The numbers are the server's.
enum class UpdateStage { kUnknown, kAdmitted, kAccepted, kCompleted };

struct UpdateCall {
    std::string id;
    std::string name;
    Payloads arguments;
};

struct UpdateReply {
    UpdateStage stage = UpdateStage::kUnknown;
    std::string run_id;
    /// Once it is completed or refused.
    std::optional<std::variant<Payload, FailurePtr>> outcome;
};

struct ClosePage {
    std::optional<CloseEvent> event;  ///< Absent: it still runs; ask again with the token.
    std::string next_page_token;
};

struct HistoryPage {
    std::string history;  ///< A serialised History with the events of this page.
    std::string next_page_token;
};

struct ListPage {
    std::vector<WorkflowExecution> executions;
    std::string next_page_token;
};

/// One namespace of one server.
///
/// Errors:  RpcError, or the more precise classes of temporal/error.hpp, all with the method, the
///          cause and, where there is one, the workflow's id.
/// Cancel:  RpcError(kCancelled) once the timing's token fires.
/// Threads: use from any thread.
class WorkflowService final {
public:
    WorkflowService(
        std::shared_ptr<Connection> connection, std::string namespace_name, std::string identity
    );

    [[nodiscard]] StartReply start(
        std::string_view workflow_type,
        const Payloads& arguments,
        const StartOptions& options,
        const Timing& timing
    ) const;
    void signal(
        const RunRef& run, std::string_view name, const Payloads& arguments, const Timing& timing
    ) const;
    [[nodiscard]] Payload query(
        const RunRef& run,
        std::string_view name,
        const Payloads& arguments,
        QueryRejectCondition reject_condition,
        const Timing& timing
    ) const;
    /// Waits at the server, for at most its own limit of some seconds, until the update has come to `stage`.
    [[nodiscard]] UpdateReply update(
        const RunRef& run, const UpdateCall& update, UpdateStage stage, const Timing& timing
    ) const;
    /// The same for an update that was sent before.
    [[nodiscard]] UpdateReply poll_update(
        const RunRef& run, const std::string& update_id, UpdateStage stage, const Timing& timing
    ) const;
    void cancel(const RunRef& run, std::string_view reason, const Timing& timing) const;
    void terminate(const RunRef& run, std::string_view reason, const Timing& timing) const;
    [[nodiscard]] WorkflowDescription describe(const RunRef& run, const Timing& timing) const;

    /// Waits at the server, for at most the timeout, until the run has ended.
    [[nodiscard]] ClosePage wait_for_close(
        const RunRef& run, std::string_view page_token, const Timing& timing
    ) const;
    [[nodiscard]] HistoryPage history(
        const RunRef& run, std::string_view page_token, const Timing& timing
    ) const;

    [[nodiscard]] ListPage list(
        std::string_view query,
        std::size_t page_size,
        std::string_view page_token,
        const Timing& timing
    ) const;
    [[nodiscard]] std::int64_t count(std::string_view query, const Timing& timing) const;

    [[nodiscard]] TaskQueueDescription describe_task_queue(
        std::string_view name, TaskQueueKind kind, const Timing& timing
    ) const;
    [[nodiscard]] NamespaceDescription describe_namespace(const Timing& timing) const;
    [[nodiscard]] SearchAttributeTypes search_attributes(const Timing& timing) const;
    void add_search_attributes(const SearchAttributeTypes& types, const Timing& timing) const;
    [[nodiscard]] ServerInfo server_info(const Timing& timing) const;

    [[nodiscard]] const std::shared_ptr<Connection>& connection() const noexcept {
        return connection_;
    }
    [[nodiscard]] const std::string& namespace_name() const noexcept { return namespace_name_; }
    [[nodiscard]] const std::string& identity() const noexcept { return identity_; }

private:
    template <class Response, class Request>
    Response invoke(std::string_view method, const Request& request, const Timing& timing) const;
    template <class Response, class Request>
    Response invoke_on(
        RpcService service, std::string_view method, const Request& request, const Timing& timing
    ) const;

    std::shared_ptr<Connection> connection_;
    std::string namespace_name_;
    std::string identity_;
};

}  // namespace temporal::bridge
