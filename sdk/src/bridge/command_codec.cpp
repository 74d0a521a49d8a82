#include "bridge/command_codec.hpp"

#include "converter/failure_codec.hpp"
#include "converter/proto_payload.hpp"
#include "converter/proto_priority.hpp"
#include "converter/proto_retry_policy.hpp"
#include "converter/proto_time.hpp"
#include "temporal/converter.hpp"

#include <variant>

namespace temporal::bridge {
namespace {

namespace cmd = coresdk::workflow_commands;
using cmd::WorkflowCommand;

cmd::ActivityCancellationType encode(ActivityCancellationType type) {
    switch (type) {
        case ActivityCancellationType::kTryCancel: return cmd::TRY_CANCEL;
        case ActivityCancellationType::kWaitCancellationCompleted:
            return cmd::WAIT_CANCELLATION_COMPLETED;
        case ActivityCancellationType::kAbandon: return cmd::ABANDON;
    }
    return cmd::TRY_CANCEL;
}

void encode_summary(const std::string& summary, WorkflowCommand& message) {
    if (!summary.empty()) {
        proto::encode_payload(
            to_payload(summary), *message.mutable_user_metadata()->mutable_summary()
        );
    }
}

void encode(const workflows::StartTimer& command, WorkflowCommand& message) {
    auto& timer = *message.mutable_start_timer();
    timer.set_seq(command.seq);
    proto::encode_duration(command.duration, *timer.mutable_start_to_fire_timeout());
    encode_summary(command.summary, message);
}

void encode(const workflows::CancelTimer& command, WorkflowCommand& message) {
    message.mutable_cancel_timer()->set_seq(command.seq);
}

/// Those that every activity has, remote or local.
template <class Command, class Message>
void encode_timeouts(const Command& command, Message& activity) {
    if (command.schedule_to_close) {
        proto::encode_duration(
            *command.schedule_to_close, *activity.mutable_schedule_to_close_timeout()
        );
    }
    if (command.schedule_to_start) {
        proto::encode_duration(
            *command.schedule_to_start, *activity.mutable_schedule_to_start_timeout()
        );
    }
    if (command.start_to_close) {
        proto::encode_duration(*command.start_to_close, *activity.mutable_start_to_close_timeout());
    }
}

void encode(const workflows::ScheduleActivity& command, WorkflowCommand& message) {
    auto& activity = *message.mutable_schedule_activity();
    activity.set_seq(command.seq);
    activity.set_activity_id(command.activity_id);
    activity.set_activity_type(command.activity_type);
    activity.set_task_queue(command.task_queue);
    proto::encode_payloads(command.arguments, *activity.mutable_arguments());
    proto::encode_payload_map(command.headers, *activity.mutable_headers());
    encode_timeouts(command, activity);
    if (command.heartbeat) {
        proto::encode_duration(*command.heartbeat, *activity.mutable_heartbeat_timeout());
    }
    if (command.retry_policy) {
        proto::encode_retry_policy(*command.retry_policy, *activity.mutable_retry_policy());
    }
    activity.set_cancellation_type(encode(command.cancellation_type));
    if (command.priority != Priority{}) {
        proto::encode_priority(command.priority, *activity.mutable_priority());
    }
    activity.set_do_not_eagerly_execute(command.do_not_eagerly_execute);
    encode_summary(command.summary, message);
}

void encode(const workflows::RequestCancelActivity& command, WorkflowCommand& message) {
    message.mutable_request_cancel_activity()->set_seq(command.seq);
}

void encode(const workflows::ScheduleLocalActivity& command, WorkflowCommand& message) {
    auto& activity = *message.mutable_schedule_local_activity();
    activity.set_seq(command.seq);
    activity.set_activity_id(command.activity_id);
    activity.set_activity_type(command.activity_type);
    activity.set_attempt(command.attempt);
    if (command.original_schedule_time) {
        proto::encode_time_point(
            *command.original_schedule_time, *activity.mutable_original_schedule_time()
        );
    }
    proto::encode_payloads(command.arguments, *activity.mutable_arguments());
    encode_timeouts(command, activity);
    if (command.retry_policy) {
        proto::encode_retry_policy(*command.retry_policy, *activity.mutable_retry_policy());
    }
    if (command.local_retry_threshold) {
        proto::encode_duration(
            *command.local_retry_threshold, *activity.mutable_local_retry_threshold()
        );
    }
    activity.set_cancellation_type(encode(command.cancellation_type));
}

void encode(const workflows::RequestCancelLocalActivity& command, WorkflowCommand& message) {
    message.mutable_request_cancel_local_activity()->set_seq(command.seq);
}

void encode(const workflows::SetPatchMarker& command, WorkflowCommand& message) {
    auto& marker = *message.mutable_set_patch_marker();
    marker.set_patch_id(command.patch_id);
    marker.set_deprecated(command.deprecated);
}

void encode(const workflows::UpsertSearchAttributes& command, WorkflowCommand& message) {
    proto::encode_payload_map(
        command.fields,
        *message.mutable_upsert_workflow_search_attributes()
             ->mutable_search_attributes()
             ->mutable_indexed_fields()
    );
}

void encode(const workflows::UpsertMemo& command, WorkflowCommand& message) {
    proto::encode_payload_map(
        command.fields,
        *message.mutable_modify_workflow_properties()->mutable_upserted_memo()->mutable_fields()
    );
}

void encode(const workflows::RespondToQuery& command, WorkflowCommand& message) {
    auto& answer = *message.mutable_respond_to_query();
    answer.set_query_id(command.query_id);
    if (const auto* result = std::get_if<Payload>(&command.result)) {
        proto::encode_payload(*result, *answer.mutable_succeeded()->mutable_response());
    } else {
        proto::encode_failure(*std::get<FailurePtr>(command.result), *answer.mutable_failed());
    }
}

void encode(const workflows::AcceptUpdate& command, WorkflowCommand& message) {
    auto& response = *message.mutable_update_response();
    response.set_protocol_instance_id(command.protocol_instance_id);
    response.mutable_accepted();
}

void encode(const workflows::RejectUpdate& command, WorkflowCommand& message) {
    auto& response = *message.mutable_update_response();
    response.set_protocol_instance_id(command.protocol_instance_id);
    proto::encode_failure(*command.failure, *response.mutable_rejected());
}

void encode(const workflows::CompleteUpdate& command, WorkflowCommand& message) {
    auto& response = *message.mutable_update_response();
    response.set_protocol_instance_id(command.protocol_instance_id);
    proto::encode_payload(command.result, *response.mutable_completed());
}

void encode(const workflows::CompleteWorkflowExecution& command, WorkflowCommand& message) {
    proto::encode_payload(
        command.result, *message.mutable_complete_workflow_execution()->mutable_result()
    );
}

void encode(const workflows::FailWorkflowExecution& command, WorkflowCommand& message) {
    proto::encode_failure(
        *command.failure, *message.mutable_fail_workflow_execution()->mutable_failure()
    );
}

void encode(const workflows::CancelWorkflowExecution& command, WorkflowCommand& message) {
    auto& cancel = *message.mutable_cancel_workflow_execution();
    if (!command.details.empty()) {
        proto::encode_payloads(command.details, *cancel.mutable_details()->mutable_payloads());
    }
}

void encode(const workflows::ContinueAsNewWorkflowExecution& command, WorkflowCommand& message) {
    auto& next = *message.mutable_continue_as_new_workflow_execution();
    next.set_workflow_type(command.workflow_type);
    next.set_task_queue(command.task_queue);
    proto::encode_payloads(command.arguments, *next.mutable_arguments());
    if (command.run_timeout) {
        proto::encode_duration(*command.run_timeout, *next.mutable_workflow_run_timeout());
    }
    if (command.task_timeout) {
        proto::encode_duration(*command.task_timeout, *next.mutable_workflow_task_timeout());
    }
    proto::encode_payload_map(command.memo, *next.mutable_memo());
    if (command.search_attributes) {
        proto::encode_payload_map(
            *command.search_attributes, *next.mutable_search_attributes()->mutable_indexed_fields()
        );
    }
}

}  // namespace

void encode_command(const workflows::Command& command, WorkflowCommand& message) {
    std::visit([&message](const auto& typed) { encode(typed, message); }, command);
}

}  // namespace temporal::bridge
