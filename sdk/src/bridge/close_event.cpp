#include "bridge/close_event.hpp"

#include "converter/failure_codec.hpp"
#include "converter/proto_payload.hpp"
#include "temporal/api/history/v1/message.pb.h"
#include "temporal/converter.hpp"
#include "temporal/error.hpp"

#include <utility>

namespace temporal::bridge {
namespace {

namespace history = api::history::v1;

CloseEvent take(history::WorkflowExecutionCompletedEventAttributes& attributes) {
    if (!attributes.new_execution_run_id().empty()) {
        return RunContinued{std::move(*attributes.mutable_new_execution_run_id())};
    }
    Payloads result = proto::take_payloads(*attributes.mutable_result()->mutable_payloads());
    return RunCompleted{result.empty() ? detail::null_payload() : std::move(result.front())};
}

CloseEvent take(history::WorkflowExecutionFailedEventAttributes& attributes) {
    if (!attributes.new_execution_run_id().empty()) {
        return RunContinued{std::move(*attributes.mutable_new_execution_run_id())};
    }
    return RunFailed{proto::take_failure(*attributes.mutable_failure())};
}

CloseEvent take(history::WorkflowExecutionTimedOutEventAttributes& attributes) {
    if (!attributes.new_execution_run_id().empty()) {
        return RunContinued{std::move(*attributes.mutable_new_execution_run_id())};
    }
    return RunFailed{
        std::make_shared<const TimeoutFailure>("workflow timed out", TimeoutType::kStartToClose)
    };
}

CloseEvent take(history::WorkflowExecutionCanceledEventAttributes& attributes) {
    return RunFailed{std::make_shared<const CanceledFailure>(
        "workflow canceled", proto::take_payloads(*attributes.mutable_details()->mutable_payloads())
    )};
}

CloseEvent take(history::WorkflowExecutionTerminatedEventAttributes& attributes) {
    const std::string& reason = attributes.reason();
    return RunFailed{
        std::make_shared<const TerminatedFailure>(reason.empty() ? "workflow terminated" : reason)
    };
}

}  // namespace

CloseEvent take_close_event(history::HistoryEvent& event) {
    using Event = history::HistoryEvent;
    switch (event.attributes_case()) {
        case Event::kWorkflowExecutionCompletedEventAttributes:
            return take(*event.mutable_workflow_execution_completed_event_attributes());
        case Event::kWorkflowExecutionFailedEventAttributes:
            return take(*event.mutable_workflow_execution_failed_event_attributes());
        case Event::kWorkflowExecutionTimedOutEventAttributes:
            return take(*event.mutable_workflow_execution_timed_out_event_attributes());
        case Event::kWorkflowExecutionCanceledEventAttributes:
            return take(*event.mutable_workflow_execution_canceled_event_attributes());
        case Event::kWorkflowExecutionTerminatedEventAttributes:
            return take(*event.mutable_workflow_execution_terminated_event_attributes());
        case Event::kWorkflowExecutionContinuedAsNewEventAttributes:
            return RunContinued{
                std::move(*event.mutable_workflow_execution_continued_as_new_event_attributes()
                               ->mutable_new_execution_run_id())
            };
        default:
            throw Error(
                "the server named event " + std::to_string(event.event_id()) +
                " as the end of a workflow, which this SDK does not know as one"
            );
    }
}

}  // namespace temporal::bridge
