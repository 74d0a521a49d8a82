#include "bridge/workflow_service.hpp"

#include "bridge/connection.hpp"
#include "bridge/execution_codec.hpp"
#include "bridge/rpc.hpp"
#include "bridge/service_error.hpp"
#include "bridge/start_codec.hpp"
#include "bridge/uuid.hpp"
#include "converter/failure_codec.hpp"
#include "converter/proto_payload.hpp"
#include "temporal/api/operatorservice/v1/request_response.pb.h"
#include "temporal/api/workflowservice/v1/request_response.pb.h"
#include "temporal/converter.hpp"

#include <utility>

namespace temporal::bridge {
namespace {

namespace api_operator = api::operatorservice::v1;
namespace api_service = api::workflowservice::v1;
namespace enums = api::enums::v1;

void encode_run(const RunRef& run, api::common::v1::WorkflowExecution& message) {
    message.set_workflow_id(run.workflow_id);
    message.set_run_id(run.run_id);
}

/// Makes a call about one workflow and names the workflow in its errors.
template <class Call>
auto about_workflow(const RunRef& run, Call&& call) {
    try {
        return call();
    } catch (const RpcError& error) {
        throw_workflow_error(error, run.workflow_id);
    }
}

enums::QueryRejectCondition encode(QueryRejectCondition condition) {
    switch (condition) {
        case QueryRejectCondition::kNone: return enums::QUERY_REJECT_CONDITION_NONE;
        case QueryRejectCondition::kNotOpen: return enums::QUERY_REJECT_CONDITION_NOT_OPEN;
        case QueryRejectCondition::kNotCompletedCleanly:
            return enums::QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY;
    }
    return enums::QUERY_REJECT_CONDITION_UNSPECIFIED;
}

// Ours are one less, for they have no unspecified one.
static_assert(
    static_cast<int>(SearchAttributeType::kText) + 1 == enums::INDEXED_VALUE_TYPE_TEXT &&
    static_cast<int>(SearchAttributeType::kKeywordList) + 1 ==
        enums::INDEXED_VALUE_TYPE_KEYWORD_LIST
);

// The numbers are those of the server.
static_assert(
    static_cast<int>(UpdateStage::kCompleted) ==
    enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
);

void encode_stage(UpdateStage stage, api::update::v1::WaitPolicy& message) {
    message.set_lifecycle_stage(static_cast<enums::UpdateWorkflowExecutionLifecycleStage>(stage));
}

/// Of either call, whose answers have the same fields.
template <class Response>
UpdateReply take_update(Response response) {
    UpdateReply reply{
        .stage = static_cast<UpdateStage>(response.stage()),
        .run_id = response.update_ref().workflow_execution().run_id(),
        .outcome = std::nullopt
    };
    auto& outcome = *response.mutable_outcome();
    if (outcome.has_success()) {
        Payloads result = proto::take_payloads(*outcome.mutable_success()->mutable_payloads());
        reply.outcome = result.empty() ? detail::null_payload() : std::move(result.front());
    } else if (outcome.has_failure()) {
        reply.outcome = proto::take_failure(*outcome.mutable_failure());
    }
    return reply;
}

}  // namespace

WorkflowService::WorkflowService(
    std::shared_ptr<Connection> connection, std::string namespace_name, std::string identity
)
    : connection_(std::move(connection)),
      namespace_name_(std::move(namespace_name)),
      identity_(std::move(identity)) {}

template <class Response, class Request>
Response WorkflowService::invoke(
    std::string_view method, const Request& request, const Timing& timing
) const {
    return invoke_on<Response>(RpcService::kWorkflow, method, request, timing);
}

template <class Response, class Request>
Response WorkflowService::invoke_on(
    RpcService service, std::string_view method, const Request& request, const Timing& timing
) const {
    const std::string bytes = request.SerializeAsString();
    const Buffer answer = call(
        *connection_,
        {.service = service, .method = method, .request = bytes, .timeout = timing.timeout},
        timing.stop
    );
    Response response;
    if (!response.ParseFromArray(answer.view().data(), static_cast<int>(answer.view().size()))) {
        throw RpcError(
            RpcCode::kInternal,
            std::string(method) + ": the answer is not the protobuf message it should be"
        );
    }
    return response;
}

StartReply WorkflowService::start(
    std::string_view workflow_type,
    const Payloads& arguments,
    const StartOptions& options,
    const Timing& timing
) const {
    api_service::StartWorkflowExecutionRequest request;
    encode_start(workflow_type, arguments, options, request);
    request.set_namespace_(namespace_name_);
    request.set_identity(identity_);
    // The same for every try of this call, so that a try whose answer was lost is not taken for
    // another start.
    request.set_request_id(random_uuid());
    try {
        auto response = invoke<api_service::StartWorkflowExecutionResponse>(
            "StartWorkflowExecution", request, timing
        );
        StartReply reply{
            .run_id = response.run_id(),
            .first_run_id = response.first_execution_run_id(),
            .started = response.started()
        };
        if (reply.first_run_id.empty()) {
            reply.first_run_id = reply.run_id;  // Servers before 1.30 do not tell.
        }
        return reply;
    } catch (const RpcError& error) {
        throw_start_error(error, options.id);
    }
}

void WorkflowService::signal(
    const RunRef& run, std::string_view name, const Payloads& arguments, const Timing& timing
) const {
    api_service::SignalWorkflowExecutionRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_workflow_execution());
    request.set_signal_name(std::string(name));
    proto::encode_payloads(arguments, *request.mutable_input()->mutable_payloads());
    request.set_identity(identity_);
    request.set_request_id(random_uuid());
    about_workflow(run, [&] {
        return invoke<api_service::SignalWorkflowExecutionResponse>(
            "SignalWorkflowExecution", request, timing
        );
    });
}

Payload WorkflowService::query(
    const RunRef& run,
    std::string_view name,
    const Payloads& arguments,
    QueryRejectCondition reject_condition,
    const Timing& timing
) const {
    api_service::QueryWorkflowRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_execution());
    request.mutable_query()->set_query_type(std::string(name));
    proto::encode_payloads(
        arguments, *request.mutable_query()->mutable_query_args()->mutable_payloads()
    );
    request.set_query_reject_condition(encode(reject_condition));
    api_service::QueryWorkflowResponse response;
    try {
        response = invoke<api_service::QueryWorkflowResponse>("QueryWorkflow", request, timing);
    } catch (const RpcError& error) {
        throw_query_error(error, run.workflow_id, name);
    }
    if (response.has_query_rejected()) {
        const auto status = static_cast<WorkflowStatus>(response.query_rejected().status());
        throw QueryRejected(
            "query '" + std::string(name) + "' of workflow '" + run.workflow_id +
            "' was rejected: its status is " + std::string(to_string(status))
        );
    }
    Payloads result = proto::take_payloads(*response.mutable_query_result()->mutable_payloads());
    return result.empty() ? detail::null_payload() : std::move(result.front());
}

UpdateReply WorkflowService::update(
    const RunRef& run, const UpdateCall& update, UpdateStage stage, const Timing& timing
) const {
    api_service::UpdateWorkflowExecutionRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_workflow_execution());
    request.set_first_execution_run_id(run.first_run_id);
    encode_stage(stage, *request.mutable_wait_policy());
    auto& meta = *request.mutable_request()->mutable_meta();
    meta.set_update_id(update.id);
    meta.set_identity(identity_);
    auto& input = *request.mutable_request()->mutable_input();
    input.set_name(update.name);
    proto::encode_payloads(update.arguments, *input.mutable_args()->mutable_payloads());
    return about_workflow(run, [&] {
        return take_update(invoke<api_service::UpdateWorkflowExecutionResponse>(
            "UpdateWorkflowExecution", request, timing
        ));
    });
}

UpdateReply WorkflowService::poll_update(
    const RunRef& run, const std::string& update_id, UpdateStage stage, const Timing& timing
) const {
    api_service::PollWorkflowExecutionUpdateRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_update_ref()->mutable_workflow_execution());
    request.mutable_update_ref()->set_update_id(update_id);
    request.set_identity(identity_);
    encode_stage(stage, *request.mutable_wait_policy());
    return about_workflow(run, [&] {
        return take_update(invoke<api_service::PollWorkflowExecutionUpdateResponse>(
            "PollWorkflowExecutionUpdate", request, timing
        ));
    });
}

void WorkflowService::cancel(const RunRef& run, std::string_view reason, const Timing& timing)
    const {
    api_service::RequestCancelWorkflowExecutionRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_workflow_execution());
    request.set_first_execution_run_id(run.first_run_id);
    request.set_reason(std::string(reason));
    request.set_identity(identity_);
    request.set_request_id(random_uuid());
    about_workflow(run, [&] {
        return invoke<api_service::RequestCancelWorkflowExecutionResponse>(
            "RequestCancelWorkflowExecution", request, timing
        );
    });
}

void WorkflowService::terminate(const RunRef& run, std::string_view reason, const Timing& timing)
    const {
    api_service::TerminateWorkflowExecutionRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_workflow_execution());
    request.set_first_execution_run_id(run.first_run_id);
    request.set_reason(std::string(reason));
    request.set_identity(identity_);
    about_workflow(run, [&] {
        return invoke<api_service::TerminateWorkflowExecutionResponse>(
            "TerminateWorkflowExecution", request, timing
        );
    });
}

WorkflowDescription WorkflowService::describe(const RunRef& run, const Timing& timing) const {
    api_service::DescribeWorkflowExecutionRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_execution());
    auto response = about_workflow(run, [&] {
        return invoke<api_service::DescribeWorkflowExecutionResponse>(
            "DescribeWorkflowExecution", request, timing
        );
    });
    return take_description(response);
}

ClosePage WorkflowService::wait_for_close(
    const RunRef& run, std::string_view page_token, const Timing& timing
) const {
    api_service::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_execution());
    request.set_next_page_token(page_token.data(), page_token.size());
    request.set_wait_new_event(true);
    request.set_history_event_filter_type(enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    request.set_skip_archival(true);
    auto response = about_workflow(run, [&] {
        return invoke<api_service::GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory", request, timing
        );
    });
    ClosePage page{
        .event = std::nullopt, .next_page_token = std::move(*response.mutable_next_page_token())
    };
    auto& events = *response.mutable_history()->mutable_events();
    if (!events.empty()) {
        page.event = take_close_event(*events.rbegin());
    }
    return page;
}

HistoryPage WorkflowService::history(
    const RunRef& run, std::string_view page_token, const Timing& timing
) const {
    api_service::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_(namespace_name_);
    encode_run(run, *request.mutable_execution());
    request.set_next_page_token(page_token.data(), page_token.size());
    auto response = about_workflow(run, [&] {
        return invoke<api_service::GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory", request, timing
        );
    });
    return {
        .history = response.history().SerializeAsString(),
        .next_page_token = std::move(*response.mutable_next_page_token()),
    };
}

ListPage WorkflowService::list(
    std::string_view query, std::size_t page_size, std::string_view page_token, const Timing& timing
) const {
    api_service::ListWorkflowExecutionsRequest request;
    request.set_namespace_(namespace_name_);
    request.set_page_size(static_cast<std::int32_t>(page_size));
    request.set_next_page_token(page_token.data(), page_token.size());
    request.set_query(std::string(query));
    auto response = invoke<api_service::ListWorkflowExecutionsResponse>(
        "ListWorkflowExecutions", request, timing
    );
    ListPage page{
        .executions = {}, .next_page_token = std::move(*response.mutable_next_page_token())
    };
    page.executions.reserve(static_cast<std::size_t>(response.executions_size()));
    for (auto& execution : *response.mutable_executions()) {
        page.executions.push_back(take_execution(execution));
    }
    return page;
}

std::int64_t WorkflowService::count(std::string_view query, const Timing& timing) const {
    api_service::CountWorkflowExecutionsRequest request;
    request.set_namespace_(namespace_name_);
    request.set_query(std::string(query));
    return invoke<api_service::CountWorkflowExecutionsResponse>(
               "CountWorkflowExecutions", request, timing
    )
        .count();
}

TaskQueueDescription WorkflowService::describe_task_queue(
    std::string_view name, TaskQueueKind kind, const Timing& timing
) const {
    api_service::DescribeTaskQueueRequest request;
    request.set_namespace_(namespace_name_);
    request.mutable_task_queue()->set_name(std::string(name));
    request.set_task_queue_type(
        kind == TaskQueueKind::kWorkflow ? enums::TASK_QUEUE_TYPE_WORKFLOW
                                         : enums::TASK_QUEUE_TYPE_ACTIVITY
    );
    request.set_report_stats(true);
    auto response =
        invoke<api_service::DescribeTaskQueueResponse>("DescribeTaskQueue", request, timing);
    return take_task_queue(response);
}

NamespaceDescription WorkflowService::describe_namespace(const Timing& timing) const {
    api_service::DescribeNamespaceRequest request;
    request.set_namespace_(namespace_name_);
    auto response =
        invoke<api_service::DescribeNamespaceResponse>("DescribeNamespace", request, timing);
    return take_namespace(response);
}

SearchAttributeTypes WorkflowService::search_attributes(const Timing& timing) const {
    api_operator::ListSearchAttributesRequest request;
    request.set_namespace_(namespace_name_);
    const auto response = invoke_on<api_operator::ListSearchAttributesResponse>(
        RpcService::kOperator, "ListSearchAttributes", request, timing
    );
    SearchAttributeTypes types;
    for (const auto& [name, type] : response.custom_attributes()) {
        if (type > 0 && type <= static_cast<int>(SearchAttributeType::kKeywordList) + 1) {
            types.emplace(name, static_cast<SearchAttributeType>(type - 1));
        }
    }
    return types;
}

void WorkflowService::add_search_attributes(const SearchAttributeTypes& types, const Timing& timing)
    const {
    api_operator::AddSearchAttributesRequest request;
    request.set_namespace_(namespace_name_);
    for (const auto& [name, type] : types) {
        (*request.mutable_search_attributes())[name] =
            static_cast<enums::IndexedValueType>(static_cast<int>(type) + 1);
    }
    (void)invoke_on<api_operator::AddSearchAttributesResponse>(
        RpcService::kOperator, "AddSearchAttributes", request, timing
    );
}

ServerInfo WorkflowService::server_info(const Timing& timing) const {
    const auto response = invoke<api_service::GetSystemInfoResponse>(
        "GetSystemInfo", api_service::GetSystemInfoRequest{}, timing
    );
    return {.version = response.server_version()};
}

}  // namespace temporal::bridge
