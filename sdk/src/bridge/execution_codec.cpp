#include "bridge/execution_codec.hpp"

#include "converter/failure_codec.hpp"
#include "converter/proto_payload.hpp"
#include "converter/proto_time.hpp"
#include "temporal/converter.hpp"

#include <optional>
#include <utility>

namespace temporal::bridge {
namespace {

namespace enums = api::enums::v1;
namespace pb = api::workflow::v1;

// Our enumerators have the server's numbers; unknown ones become kUnknown.
static_assert(static_cast<int>(WorkflowStatus::kPaused) == enums::WORKFLOW_EXECUTION_STATUS_PAUSED);
static_assert(
    static_cast<int>(PendingActivityState::kPauseRequested) ==
    enums::PENDING_ACTIVITY_STATE_PAUSE_REQUESTED
);
static_assert(static_cast<int>(NamespaceState::kDeleted) == enums::NAMESPACE_STATE_DELETED);

template <class Enum>
Enum enum_of(int number, Enum last) {
    return number >= 0 && number <= static_cast<int>(last) ? static_cast<Enum>(number) : Enum{};
}

/// The server leaves a point in time that has not come out, or sends the epoch.
std::optional<TimePoint> time_of(const google::protobuf::Timestamp& message) {
    const bool is_absent = message.seconds() == 0 && message.nanos() == 0;
    return is_absent ? std::nullopt : std::optional(proto::to_time_point(message));
}

PendingActivity take_activity(pb::PendingActivityInfo& message) {
    return {
        .activity_id = std::move(*message.mutable_activity_id()),
        .activity_type = std::move(*message.mutable_activity_type()->mutable_name()),
        .state = enum_of(message.state(), PendingActivityState::kPauseRequested),
        .attempt = message.attempt(),
        .maximum_attempts = message.maximum_attempts(),
        .last_failure = message.has_last_failure()
                            ? proto::take_failure(*message.mutable_last_failure())
                            : nullptr,
        .last_worker_identity = std::move(*message.mutable_last_worker_identity()),
        .heartbeat_details =
            proto::take_payloads(*message.mutable_heartbeat_details()->mutable_payloads()),
        .scheduled_time = time_of(message.scheduled_time()),
        .last_started_time = time_of(message.last_started_time()),
        .last_heartbeat_time = time_of(message.last_heartbeat_time()),
        .next_attempt_time = time_of(message.next_attempt_schedule_time()),
        .expiration_time = time_of(message.expiration_time()),
    };
}

PendingWorkflowTask take_workflow_task(const pb::PendingWorkflowTaskInfo& message) {
    return {
        .started = message.state() == enums::PENDING_WORKFLOW_TASK_STATE_STARTED,
        .attempt = message.attempt(),
        .scheduled_time = time_of(message.scheduled_time()),
        .started_time = time_of(message.started_time()),
    };
}

/// For people: what cannot be read is left out.
std::string take_text(api::common::v1::Payload& message) {
    try {
        return from_payload<std::string>(proto::take_payload(message));
    } catch (const ConversionError&) {
        return {};
    }
}

}  // namespace

WorkflowExecution take_execution(pb::WorkflowExecutionInfo& message) {
    return {
        .workflow_id = std::move(*message.mutable_execution()->mutable_workflow_id()),
        .run_id = std::move(*message.mutable_execution()->mutable_run_id()),
        .workflow_type = std::move(*message.mutable_type()->mutable_name()),
        .task_queue = std::move(*message.mutable_task_queue()),
        .status = enum_of(message.status(), WorkflowStatus::kPaused),
        .start_time = proto::to_time_point(message.start_time()),
        .execution_time = time_of(message.execution_time()),
        .close_time = time_of(message.close_time()),
        .history_length = message.history_length(),
        .parent_workflow_id = message.parent_execution().workflow_id(),
        .first_run_id = std::move(*message.mutable_first_run_id()),
        .memo = proto::take_payload_map(*message.mutable_memo()->mutable_fields()),
        .search_attributes = SearchAttributes(
            proto::take_payload_map(*message.mutable_search_attributes()->mutable_indexed_fields())
        ),
    };
}

WorkflowDescription take_description(
    api::workflowservice::v1::DescribeWorkflowExecutionResponse& message
) {
    WorkflowDescription description;
    description.execution = take_execution(*message.mutable_workflow_execution_info());
    for (auto& activity : *message.mutable_pending_activities()) {
        description.pending_activities.push_back(take_activity(activity));
    }
    if (message.has_pending_workflow_task()) {
        description.pending_workflow_task = take_workflow_task(message.pending_workflow_task());
    }
    auto& config = *message.mutable_execution_config();
    auto& metadata = *config.mutable_user_metadata();
    if (metadata.has_summary()) {
        description.summary = take_text(*metadata.mutable_summary());
    }
    if (metadata.has_details()) {
        description.details = take_text(*metadata.mutable_details());
    }
    description.execution_timeout = proto::to_timeout(config.workflow_execution_timeout());
    description.run_timeout = proto::to_timeout(config.workflow_run_timeout());
    return description;
}

TaskQueueDescription take_task_queue(api::workflowservice::v1::DescribeTaskQueueResponse& message) {
    TaskQueueDescription description;
    for (auto& poller : *message.mutable_pollers()) {
        description.pollers.push_back({
            .identity = std::move(*poller.mutable_identity()),
            .last_access_time = proto::to_time_point(poller.last_access_time()),
        });
    }
    description.backlog = message.stats().approximate_backlog_count();
    description.backlog_age = proto::to_duration(message.stats().approximate_backlog_age());
    description.tasks_added_per_second = message.stats().tasks_add_rate();
    description.tasks_dispatched_per_second = message.stats().tasks_dispatch_rate();
    return description;
}

NamespaceDescription take_namespace(api::workflowservice::v1::DescribeNamespaceResponse& message) {
    auto& info = *message.mutable_namespace_info();
    return {
        .name = std::move(*info.mutable_name()),
        .state = enum_of(info.state(), NamespaceState::kDeleted),
        .description = std::move(*info.mutable_description()),
        .retention = proto::to_timeout(message.config().workflow_execution_retention_ttl()),
    };
}

}  // namespace temporal::bridge
