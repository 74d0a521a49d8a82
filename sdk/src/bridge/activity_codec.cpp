#include "bridge/activity_codec.hpp"

#include "converter/failure_codec.hpp"
#include "converter/proto_payload.hpp"
#include "converter/proto_priority.hpp"
#include "converter/proto_time.hpp"
#include "temporal/error.hpp"
#include "temporal/sdk/core/core_interface.pb.h"

#include <google/protobuf/arena.h>

#include <utility>
#include <variant>

namespace temporal::bridge {
namespace {

namespace task = coresdk::activity_task;
using coresdk::activity_result::ActivityExecutionResult;

activity::StartActivity decode(task::Start& message) {
    auto& execution = *message.mutable_workflow_execution();
    return {
        .workflow_namespace = std::move(*message.mutable_workflow_namespace()),
        .workflow_id = std::move(*execution.mutable_workflow_id()),
        .workflow_run_id = std::move(*execution.mutable_run_id()),
        .workflow_type = std::move(*message.mutable_workflow_type()),
        .activity_id = std::move(*message.mutable_activity_id()),
        .activity_type = std::move(*message.mutable_activity_type()),
        .headers = proto::take_payload_map(*message.mutable_header_fields()),
        .input = proto::take_payloads(*message.mutable_input()),
        .heartbeat_details = proto::take_payloads(*message.mutable_heartbeat_details()),
        .attempt = message.attempt(),
        .is_local = message.is_local(),
        .scheduled_time = proto::to_time_point(message.scheduled_time()),
        .current_attempt_scheduled_time =
            proto::to_time_point(message.current_attempt_scheduled_time()),
        .started_time = proto::to_time_point(message.started_time()),
        .schedule_to_close = proto::to_timeout(message.schedule_to_close_timeout()),
        .start_to_close = proto::to_timeout(message.start_to_close_timeout()),
        .heartbeat_timeout = proto::to_timeout(message.heartbeat_timeout()),
        .priority = proto::take_priority(*message.mutable_priority()),
    };
}

activity::CancelReason decode(task::ActivityCancelReason reason) {
    switch (reason) {
        case task::NOT_FOUND: return activity::CancelReason::kNotFound;
        case task::TIMED_OUT: return activity::CancelReason::kTimedOut;
        case task::WORKER_SHUTDOWN: return activity::CancelReason::kWorkerShutdown;
        case task::PAUSED: return activity::CancelReason::kPaused;
        case task::RESET: return activity::CancelReason::kReset;
        default:
            // Also what a newer core may add: it wants the activity to stop.
            return activity::CancelReason::kCanceled;
    }
}

void encode(const activity::Completed& completed, ActivityExecutionResult& message) {
    proto::encode_payload(completed.result, *message.mutable_completed()->mutable_result());
}

void encode(const activity::Failed& failed, ActivityExecutionResult& message) {
    proto::encode_failure(*failed.failure, *message.mutable_failed()->mutable_failure());
}

void encode(const activity::Canceled& canceled, ActivityExecutionResult& message) {
    proto::encode_failure(*canceled.failure, *message.mutable_cancelled()->mutable_failure());
}

void encode(const activity::WillCompleteAsync&, ActivityExecutionResult& message) {
    message.mutable_will_complete_async();
}

}  // namespace

activity::ActivityTask decode_activity_task(std::string_view bytes) {
    google::protobuf::Arena arena;
    auto& message = *google::protobuf::Arena::CreateMessage<task::ActivityTask>(&arena);
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        throw Error("core sent an activity task that is no protobuf message");
    }
    activity::ActivityTask decoded{
        .task_token = std::move(*message.mutable_task_token()), .variant = {}
    };
    switch (message.variant_case()) {
        case task::ActivityTask::kStart:
            decoded.variant = decode(*message.mutable_start());
            return decoded;
        case task::ActivityTask::kCancel:
            decoded.variant = activity::CancelActivity{.reason = decode(message.cancel().reason())};
            return decoded;
        case task::ActivityTask::VARIANT_NOT_SET: break;
    }
    throw Error("core sent an activity task that neither starts nor cancels an activity");
}

std::string encode_activity_completion(
    std::string_view task_token, const activity::ActivityResult& result
) {
    google::protobuf::Arena arena;
    auto& message =
        *google::protobuf::Arena::CreateMessage<coresdk::ActivityTaskCompletion>(&arena);
    message.set_task_token(task_token.data(), task_token.size());
    std::visit([&message](const auto& typed) { encode(typed, *message.mutable_result()); }, result);
    return message.SerializeAsString();
}

std::string encode_activity_heartbeat(std::string_view task_token, const Payloads& details) {
    coresdk::ActivityHeartbeat message;
    message.set_task_token(task_token.data(), task_token.size());
    proto::encode_payloads(details, *message.mutable_details());
    return message.SerializeAsString();
}

}  // namespace temporal::bridge
