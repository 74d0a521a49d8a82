#include "bridge/activation_codec.hpp"

#include "bridge/command_codec.hpp"
#include "converter/failure_codec.hpp"
#include "converter/proto_payload.hpp"
#include "converter/proto_priority.hpp"
#include "converter/proto_time.hpp"
#include "temporal/error.hpp"
#include "temporal/sdk/core/workflow_activation/workflow_activation.pb.h"
#include "temporal/sdk/core/workflow_completion/workflow_completion.pb.h"

#include <google/protobuf/arena.h>

#include <utility>

namespace temporal::bridge {
namespace {

namespace act = coresdk::workflow_activation;

// Our enumerators have core's numbers; those of a newer core become kUnspecified.
static_assert(
    static_cast<int>(workflows::EvictionReason::kWorkflowExecutionEnding) ==
    act::RemoveFromCache::WORKFLOW_EXECUTION_ENDING
);

/// Decodes one job; the message's strings are moved out of it.
class JobDecoder {
public:
    JobDecoder(
        const std::string& run_id, std::string_view namespace_name, std::string_view task_queue
    )
        : run_id_(run_id), namespace_name_(namespace_name), task_queue_(task_queue) {}

    workflows::Job decode(act::WorkflowActivationJob& job) const {
        using Case = act::WorkflowActivationJob;
        switch (job.variant_case()) {
            case Case::kInitializeWorkflow: return decode(*job.mutable_initialize_workflow());
            case Case::kFireTimer: return workflows::FireTimer{.seq = job.fire_timer().seq()};
            case Case::kUpdateRandomSeed:
                return workflows::UpdateRandomSeed{
                    .randomness_seed = job.update_random_seed().randomness_seed()
                };
            case Case::kQueryWorkflow: return decode(*job.mutable_query_workflow());
            case Case::kDoUpdate: return decode(*job.mutable_do_update());
            case Case::kCancelWorkflow:
                return workflows::CancelWorkflow{
                    .reason = std::move(*job.mutable_cancel_workflow()->mutable_reason())
                };
            case Case::kSignalWorkflow: return decode(*job.mutable_signal_workflow());
            case Case::kResolveActivity: return decode(*job.mutable_resolve_activity());
            case Case::kNotifyHasPatch:
                return workflows::NotifyHasPatch{
                    .patch_id = std::move(*job.mutable_notify_has_patch()->mutable_patch_id())
                };
            case Case::kRemoveFromCache: return decode(*job.mutable_remove_from_cache());
            default: return unsupported(job);
        }
    }

private:
    workflows::Job decode(act::InitializeWorkflow& job) const {
        workflows::InitializeWorkflow init;
        init.arguments = proto::take_payloads(*job.mutable_arguments());
        init.headers = proto::take_payload_map(*job.mutable_headers());
        init.randomness_seed = job.randomness_seed();
        init.info = info_of(job);
        return init;
    }

    WorkflowInfo info_of(act::InitializeWorkflow& job) const {
        WorkflowInfo info;
        info.workflow_id = std::move(*job.mutable_workflow_id());
        info.run_id = run_id_;
        info.workflow_type = std::move(*job.mutable_workflow_type());
        info.namespace_name = namespace_name_;
        info.task_queue = task_queue_;
        info.attempt = job.attempt();
        info.start_time = proto::to_time_point(job.start_time());
        info.execution_timeout = proto::to_timeout(job.workflow_execution_timeout());
        info.run_timeout = proto::to_timeout(job.workflow_run_timeout());
        info.task_timeout = proto::to_timeout(job.workflow_task_timeout());
        info.first_execution_run_id = std::move(*job.mutable_first_execution_run_id());
        info.continued_run_id = std::move(*job.mutable_continued_from_execution_run_id());
        info.parent_workflow_id = job.parent_workflow_info().workflow_id();
        info.memo = proto::take_payload_map(*job.mutable_memo()->mutable_fields());
        info.search_attributes = SearchAttributes(
            proto::take_payload_map(*job.mutable_search_attributes()->mutable_indexed_fields())
        );
        info.priority = proto::take_priority(*job.mutable_priority());
        return info;
    }

    static workflows::Job decode(act::QueryWorkflow& job) {
        return workflows::QueryWorkflow{
            .id = std::move(*job.mutable_query_id()),
            .type = std::move(*job.mutable_query_type()),
            .arguments = proto::take_payloads(*job.mutable_arguments()),
            .headers = proto::take_payload_map(*job.mutable_headers()),
        };
    }

    static workflows::Job decode(act::DoUpdate& job) {
        return workflows::DoUpdate{
            .id = std::move(*job.mutable_id()),
            .protocol_instance_id = std::move(*job.mutable_protocol_instance_id()),
            .name = std::move(*job.mutable_name()),
            .input = proto::take_payloads(*job.mutable_input()),
            .headers = proto::take_payload_map(*job.mutable_headers()),
            .run_validator = job.run_validator(),
        };
    }

    static workflows::Job decode(act::SignalWorkflow& job) {
        return workflows::SignalWorkflow{
            .name = std::move(*job.mutable_signal_name()),
            .input = proto::take_payloads(*job.mutable_input()),
            .identity = std::move(*job.mutable_identity()),
            .headers = proto::take_payload_map(*job.mutable_headers()),
        };
    }

    static workflows::Job decode(act::ResolveActivity& job) {
        using Case = coresdk::activity_result::ActivityResolution;
        workflows::ResolveActivity resolution{.seq = job.seq(), .result = {}};
        auto& result = *job.mutable_result();
        switch (result.status_case()) {
            case Case::kCompleted:
                resolution.result = workflows::ActivityCompleted{
                    .result = proto::take_payload(*result.mutable_completed()->mutable_result())
                };
                break;
            case Case::kFailed:
                resolution.result = workflows::ActivityFailed{
                    .failure = proto::take_failure(*result.mutable_failed()->mutable_failure())
                };
                break;
            case Case::kCancelled:
                resolution.result = workflows::ActivityCanceled{
                    .failure = proto::take_failure(*result.mutable_cancelled()->mutable_failure())
                };
                break;
            case Case::kBackoff:
                resolution.result = workflows::ActivityBackoff{
                    .attempt = result.backoff().attempt(),
                    .duration = proto::to_duration(result.backoff().backoff_duration()),
                    .original_schedule_time =
                        proto::to_time_point(result.backoff().original_schedule_time()),
                };
                break;
            case Case::STATUS_NOT_SET:
                return workflows::UnsupportedJob{.name = "resolve_activity without a result"};
        }
        return resolution;
    }

    static workflows::Job decode(act::RemoveFromCache& job) {
        const bool is_known = act::RemoveFromCache::EvictionReason_IsValid(job.reason());
        return workflows::RemoveFromCache{
            .message = std::move(*job.mutable_message()),
            .reason = is_known ? static_cast<workflows::EvictionReason>(job.reason())
                               : workflows::EvictionReason::kUnspecified,
        };
    }

    static workflows::Job unsupported(const act::WorkflowActivationJob& job) {
        const auto* field =
            act::WorkflowActivationJob::descriptor()->FindFieldByNumber(job.variant_case());
        return workflows::UnsupportedJob{
            .name = field == nullptr ? "a job of a newer core" : field->name()
        };
    }

    const std::string& run_id_;
    std::string_view namespace_name_;
    std::string_view task_queue_;
};

void encode_status(
    const workflows::ActivationSucceeded& succeeded,
    coresdk::workflow_completion::WorkflowActivationCompletion& message
) {
    auto& success = *message.mutable_successful();
    success.mutable_commands()->Reserve(static_cast<int>(succeeded.commands.size()));
    for (const workflows::Command& command : succeeded.commands) {
        encode_command(command, *success.add_commands());
    }
    success.mutable_used_internal_flags()->Add(
        succeeded.used_internal_flags.begin(), succeeded.used_internal_flags.end()
    );
}

void encode_status(
    const workflows::ActivationFailed& failed,
    coresdk::workflow_completion::WorkflowActivationCompletion& message
) {
    proto::encode_failure(*failed.failure, *message.mutable_failed()->mutable_failure());
    if (failed.nondeterminism) {
        message.mutable_failed()->set_force_cause(
            api::enums::v1::WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
        );
    }
}

}  // namespace

workflows::Activation decode_activation(
    std::string_view bytes, std::string_view namespace_name, std::string_view task_queue
) {
    google::protobuf::Arena arena;
    auto& message = *google::protobuf::Arena::CreateMessage<act::WorkflowActivation>(&arena);
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        throw Error("core sent a workflow activation that is no protobuf message");
    }

    workflows::Activation activation;
    activation.run_id = std::move(*message.mutable_run_id());
    if (message.has_timestamp()) {
        activation.timestamp = proto::to_time_point(message.timestamp());
    }
    activation.is_replaying = message.is_replaying();
    activation.history_length = message.history_length();
    activation.history_size_bytes = message.history_size_bytes();
    activation.continue_as_new_suggested = message.continue_as_new_suggested();
    activation.available_internal_flags.assign(
        message.available_internal_flags().begin(), message.available_internal_flags().end()
    );
    const JobDecoder decoder(activation.run_id, namespace_name, task_queue);
    activation.jobs.reserve(static_cast<std::size_t>(message.jobs_size()));
    for (auto& job : *message.mutable_jobs()) {
        activation.jobs.push_back(decoder.decode(job));
    }
    return activation;
}

std::string encode_completion(const workflows::Completion& completion) {
    google::protobuf::Arena arena;
    auto& message = *google::protobuf::Arena::CreateMessage<
        coresdk::workflow_completion::WorkflowActivationCompletion>(&arena);
    message.set_run_id(completion.run_id);
    std::visit(
        [&message](const auto& status) { encode_status(status, message); }, completion.status
    );
    return message.SerializeAsString();
}

}  // namespace temporal::bridge
