#include "bridge/start_codec.hpp"

#include "converter/proto_payload.hpp"
#include "converter/proto_priority.hpp"
#include "converter/proto_retry_policy.hpp"
#include "converter/proto_time.hpp"
#include "temporal/converter.hpp"

namespace temporal::bridge {
namespace {

namespace enums = api::enums::v1;
using Request = api::workflowservice::v1::StartWorkflowExecutionRequest;

enums::WorkflowIdReusePolicy encode(WorkflowIdReusePolicy policy) {
    switch (policy) {
        case WorkflowIdReusePolicy::kAllowDuplicate:
            return enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE;
        case WorkflowIdReusePolicy::kAllowDuplicateFailedOnly:
            return enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY;
        case WorkflowIdReusePolicy::kRejectDuplicate:
            return enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE;
    }
    return enums::WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED;
}

enums::WorkflowIdConflictPolicy encode(WorkflowIdConflictPolicy policy) {
    switch (policy) {
        case WorkflowIdConflictPolicy::kFail: return enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL;
        case WorkflowIdConflictPolicy::kUseExisting:
            return enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING;
        case WorkflowIdConflictPolicy::kTerminateExisting:
            return enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING;
    }
    return enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED;
}

void encode_timeouts(const StartOptions& options, Request& request) {
    if (options.execution_timeout) {
        proto::encode_duration(
            *options.execution_timeout, *request.mutable_workflow_execution_timeout()
        );
    }
    if (options.run_timeout) {
        proto::encode_duration(*options.run_timeout, *request.mutable_workflow_run_timeout());
    }
    if (options.task_timeout) {
        proto::encode_duration(*options.task_timeout, *request.mutable_workflow_task_timeout());
    }
    if (options.start_delay) {
        proto::encode_duration(*options.start_delay, *request.mutable_workflow_start_delay());
    }
}

void encode_annotations(const StartOptions& options, Request& request) {
    if (!options.memo.empty()) {
        proto::encode_payload_map(options.memo, *request.mutable_memo()->mutable_fields());
    }
    if (!options.search_attributes.empty()) {
        proto::encode_payload_map(
            options.search_attributes.fields(),
            *request.mutable_search_attributes()->mutable_indexed_fields()
        );
    }
    if (!options.headers.empty()) {
        proto::encode_payload_map(options.headers, *request.mutable_header()->mutable_fields());
    }
    if (!options.summary.empty()) {
        proto::encode_payload(
            to_payload(options.summary), *request.mutable_user_metadata()->mutable_summary()
        );
    }
    if (!options.details.empty()) {
        proto::encode_payload(
            to_payload(options.details), *request.mutable_user_metadata()->mutable_details()
        );
    }
}

}  // namespace

void encode_start(
    std::string_view workflow_type,
    const Payloads& arguments,
    const StartOptions& options,
    Request& request
) {
    request.set_workflow_id(options.id);
    request.mutable_workflow_type()->set_name(std::string(workflow_type));
    request.mutable_task_queue()->set_name(options.task_queue);
    if (!arguments.empty()) {
        proto::encode_payloads(arguments, *request.mutable_input()->mutable_payloads());
    }
    request.set_workflow_id_reuse_policy(encode(options.id_reuse_policy));
    request.set_workflow_id_conflict_policy(encode(options.id_conflict_policy));
    encode_timeouts(options, request);
    if (options.retry) {
        proto::encode_retry_policy(*options.retry, *request.mutable_retry_policy());
    }
    if (options.priority != Priority{}) {
        proto::encode_priority(options.priority, *request.mutable_priority());
    }
    encode_annotations(options, request);
    request.set_request_eager_execution(options.request_eager_start);
}

}  // namespace temporal::bridge
