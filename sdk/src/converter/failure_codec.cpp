#include "converter/failure_codec.hpp"

#include "converter/proto_payload.hpp"
#include "converter/proto_time.hpp"

#include <memory>
#include <string>
#include <utility>

namespace temporal::proto {
namespace {

namespace pb = api::failure::v1;
namespace enums = api::enums::v1;

// Our enumerators have protobuf's numbers; a newer server's unknown ones become kUnspecified.
static_assert(
    static_cast<int>(RetryState::kCancelRequested) == enums::RETRY_STATE_CANCEL_REQUESTED
);
static_assert(static_cast<int>(TimeoutType::kHeartbeat) == enums::TIMEOUT_TYPE_HEARTBEAT);

RetryState retry_state_from(enums::RetryState state) {
    return state >= 0 && state <= enums::RETRY_STATE_CANCEL_REQUESTED
               ? static_cast<RetryState>(state)
               : RetryState::kUnspecified;
}

TimeoutType timeout_type_from(enums::TimeoutType type) {
    return type >= 0 && type <= enums::TIMEOUT_TYPE_HEARTBEAT ? static_cast<TimeoutType>(type)
                                                              : TimeoutType::kUnspecified;
}

/// Makes a failure and gives it the parts that all failures share.
template <class T, class... Args>
FailurePtr make(pb::Failure& message, Args&&... args) {
    auto failure =
        std::make_shared<T>(std::move(*message.mutable_message()), std::forward<Args>(args)...);
    failure->set_origin(
        std::move(*message.mutable_source()), std::move(*message.mutable_stack_trace())
    );
    return failure;
}

FailurePtr take_application(pb::Failure& message, FailurePtr cause) {
    auto& info = *message.mutable_application_failure_info();
    ApplicationFailure::Options options{
        .type = std::move(*info.mutable_type()),
        .non_retryable = info.non_retryable(),
        .details = take_payloads(*info.mutable_details()->mutable_payloads()),
        .cause = std::move(cause),
    };
    if (info.has_next_retry_delay()) {
        options.next_retry_delay = std::chrono::duration_cast<std::chrono::milliseconds>(
            to_duration(info.next_retry_delay())
        );
    }
    return make<ApplicationFailure>(message, std::move(options));
}

FailurePtr take_activity(pb::Failure& message, FailurePtr cause) {
    auto& info = *message.mutable_activity_failure_info();
    return make<ActivityFailure>(
        message,
        ActivityFailure::Info{
            .activity_type = std::move(*info.mutable_activity_type()->mutable_name()),
            .activity_id = std::move(*info.mutable_activity_id()),
            .identity = std::move(*info.mutable_identity()),
            .scheduled_event_id = info.scheduled_event_id(),
            .started_event_id = info.started_event_id(),
            .retry_state = retry_state_from(info.retry_state()),
        },
        std::move(cause)
    );
}

FailurePtr take_child_workflow(pb::Failure& message, FailurePtr cause) {
    auto& info = *message.mutable_child_workflow_execution_failure_info();
    return make<ChildWorkflowFailure>(
        message,
        ChildWorkflowFailure::Info{
            .namespace_name = std::move(*info.mutable_namespace_()),
            .workflow_id = std::move(*info.mutable_workflow_execution()->mutable_workflow_id()),
            .run_id = std::move(*info.mutable_workflow_execution()->mutable_run_id()),
            .workflow_type = std::move(*info.mutable_workflow_type()->mutable_name()),
            .initiated_event_id = info.initiated_event_id(),
            .started_event_id = info.started_event_id(),
            .retry_state = retry_state_from(info.retry_state()),
        },
        std::move(cause)
    );
}

/// Fills the part of the message that depends on the failure's type.
class InfoEncoder {
public:
    explicit InfoEncoder(pb::Failure& message) : message_(message) {}

    void encode(const ApplicationFailure& failure) {
        auto& info = *message_.mutable_application_failure_info();
        info.set_type(failure.type());
        info.set_non_retryable(failure.non_retryable());
        encode_details(failure.details(), *info.mutable_details());
        if (const auto delay = failure.next_retry_delay()) {
            encode_duration(*delay, *info.mutable_next_retry_delay());
        }
    }
    void encode(const CanceledFailure& failure) {
        encode_details(
            failure.details(), *message_.mutable_canceled_failure_info()->mutable_details()
        );
    }
    void encode(const TimeoutFailure& failure) {
        auto& info = *message_.mutable_timeout_failure_info();
        info.set_timeout_type(static_cast<enums::TimeoutType>(failure.type()));
        encode_details(failure.last_heartbeat_details(), *info.mutable_last_heartbeat_details());
    }
    void encode(const TerminatedFailure&) { message_.mutable_terminated_failure_info(); }
    void encode(const ServerFailure& failure) {
        message_.mutable_server_failure_info()->set_non_retryable(failure.non_retryable());
    }
    void encode(const ActivityFailure& failure) {
        auto& info = *message_.mutable_activity_failure_info();
        info.mutable_activity_type()->set_name(failure.info().activity_type);
        info.set_activity_id(failure.info().activity_id);
        info.set_identity(failure.info().identity);
        info.set_scheduled_event_id(failure.info().scheduled_event_id);
        info.set_started_event_id(failure.info().started_event_id);
        info.set_retry_state(static_cast<enums::RetryState>(failure.info().retry_state));
    }
    void encode(const ChildWorkflowFailure& failure) {
        auto& info = *message_.mutable_child_workflow_execution_failure_info();
        info.set_namespace_(failure.info().namespace_name);
        info.mutable_workflow_execution()->set_workflow_id(failure.info().workflow_id);
        info.mutable_workflow_execution()->set_run_id(failure.info().run_id);
        info.mutable_workflow_type()->set_name(failure.info().workflow_type);
        info.set_initiated_event_id(failure.info().initiated_event_id);
        info.set_started_event_id(failure.info().started_event_id);
        info.set_retry_state(static_cast<enums::RetryState>(failure.info().retry_state));
    }

private:
    static void encode_details(const Payloads& details, api::common::v1::Payloads& message) {
        encode_payloads(details, *message.mutable_payloads());
    }

    pb::Failure& message_;
};

/// Encodes with the first of `Types` that `failure` is; an UnknownFailure is none of them and stays
/// without info.
template <class... Types>
void encode_info(const Failure& failure, InfoEncoder encoder) {
    const auto encode_as = [&]<class T>(const T* typed) {
        if (typed != nullptr) {
            encoder.encode(*typed);
        }
        return typed != nullptr;
    };
    static_cast<void>((encode_as(dynamic_cast<const Types*>(&failure)) || ...));
}

}  // namespace

FailurePtr take_failure(pb::Failure& message) {
    FailurePtr cause = message.has_cause() ? take_failure(*message.mutable_cause()) : nullptr;
    switch (message.failure_info_case()) {
        case pb::Failure::kApplicationFailureInfo:
            return take_application(message, std::move(cause));
        case pb::Failure::kCanceledFailureInfo: {
            auto& details = *message.mutable_canceled_failure_info()->mutable_details();
            return make<CanceledFailure>(
                message, take_payloads(*details.mutable_payloads()), std::move(cause)
            );
        }
        case pb::Failure::kTimeoutFailureInfo: {
            auto& info = *message.mutable_timeout_failure_info();
            auto details =
                take_payloads(*info.mutable_last_heartbeat_details()->mutable_payloads());
            return make<TimeoutFailure>(
                message,
                timeout_type_from(info.timeout_type()),
                std::move(details),
                std::move(cause)
            );
        }
        case pb::Failure::kTerminatedFailureInfo:
            return make<TerminatedFailure>(message, std::move(cause));
        case pb::Failure::kServerFailureInfo:
            return make<ServerFailure>(
                message, message.server_failure_info().non_retryable(), std::move(cause)
            );
        case pb::Failure::kActivityFailureInfo: return take_activity(message, std::move(cause));
        case pb::Failure::kChildWorkflowExecutionFailureInfo:
            return take_child_workflow(message, std::move(cause));
        default: return make<UnknownFailure>(message, std::move(cause));
    }
}

void encode_failure(const Failure& failure, pb::Failure& message) {
    message.set_message(failure.message());
    message.set_source(failure.source().empty() ? std::string(kFailureSource) : failure.source());
    message.set_stack_trace(failure.stack_trace());
    if (failure.cause() != nullptr) {
        encode_failure(*failure.cause(), *message.mutable_cause());
    }
    encode_info<
        ApplicationFailure,
        CanceledFailure,
        TimeoutFailure,
        TerminatedFailure,
        ServerFailure,
        ActivityFailure,
        ChildWorkflowFailure>(failure, InfoEncoder{message});
}

}  // namespace temporal::proto
