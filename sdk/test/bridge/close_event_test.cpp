#include "bridge/close_event.hpp"

#include "temporal/api/history/v1/message.pb.h"
#include "temporal/converter.hpp"
#include "temporal/error.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace temporal::bridge {
namespace {

using Event = api::history::v1::HistoryEvent;

CloseEvent read(const std::function<void(Event&)>& fill) {
    Event event;
    fill(event);
    return take_close_event(event);
}

FailurePtr failure_of(const CloseEvent& event) {
    return std::get<RunFailed>(event).failure;
}

TEST(CloseEvent, ACompletedRunHasItsResultOrNull) {
    const auto with = read([](Event& event) {
        auto& payload = *event.mutable_workflow_execution_completed_event_attributes()
                             ->mutable_result()
                             ->add_payloads();
        (*payload.mutable_metadata())["encoding"] = "json/plain";
        payload.set_data("7");
    });
    const auto without =
        read([](Event& event) { event.mutable_workflow_execution_completed_event_attributes(); });

    EXPECT_EQ(std::get<RunCompleted>(with).result, to_payload(7));
    EXPECT_EQ(std::get<RunCompleted>(without).result.encoding(), "binary/null");
}

TEST(CloseEvent, EveryBadEndHasAFailureOfItsType) {
    const auto failed = read([](Event& event) {
        auto& failure =
            *event.mutable_workflow_execution_failed_event_attributes()->mutable_failure();
        failure.set_message("refused");
        failure.mutable_application_failure_info()->set_type("Fatal");
    });
    const auto canceled = read([](Event& event) {
        event.mutable_workflow_execution_canceled_event_attributes()
            ->mutable_details()
            ->add_payloads()
            ->set_data("d");
    });
    const auto terminated = read([](Event& event) {
        event.mutable_workflow_execution_terminated_event_attributes()->set_reason(
            "operator said so"
        );
    });
    const auto timed_out =
        read([](Event& event) { event.mutable_workflow_execution_timed_out_event_attributes(); });

    EXPECT_EQ(dynamic_cast<const ApplicationFailure&>(*failure_of(failed)).type(), "Fatal");
    EXPECT_EQ(
        dynamic_cast<const CanceledFailure&>(*failure_of(canceled)).details().at(0).data, "d"
    );
    EXPECT_STREQ(
        dynamic_cast<const TerminatedFailure&>(*failure_of(terminated)).what(), "operator said so"
    );
    EXPECT_NO_THROW(static_cast<void>(dynamic_cast<const TimeoutFailure&>(*failure_of(timed_out))));
}

TEST(CloseEvent, ARunThatGoesOnAsAnotherNamesIt) {
    const std::vector<std::function<void(Event&)>> continuations = {
        [](Event& event) {
            event.mutable_workflow_execution_continued_as_new_event_attributes()
                ->set_new_execution_run_id("next");
        },
        [](Event& event) {
            event.mutable_workflow_execution_completed_event_attributes()->set_new_execution_run_id(
                "next"
            );
        },
        [](Event& event) {
            event.mutable_workflow_execution_failed_event_attributes()->set_new_execution_run_id(
                "next"
            );
        },
        [](Event& event) {
            event.mutable_workflow_execution_timed_out_event_attributes()->set_new_execution_run_id(
                "next"
            );
        },
    };
    for (const auto& continuation : continuations) {
        EXPECT_EQ(std::get<RunContinued>(read(continuation)).run_id, "next");
    }
}

TEST(CloseEvent, AnEventThatEndsNothingIsAnError) {
    EXPECT_THROW(read([](Event& event) { event.mutable_timer_fired_event_attributes(); }), Error);
}

}  // namespace
}  // namespace temporal::bridge
