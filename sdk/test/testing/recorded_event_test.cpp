#include "testing/recorded_event.hpp"

#include "temporal/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace temporal::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kHistory = R"({"events": [
    {"eventId": "1", "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
     "workflowExecutionStartedEventAttributes": {
         "workflowType": {"name": "Greeter"}, "originalExecutionRunId": "run-1"}},
    {"eventId": "5", "eventType": "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED",
     "activityTaskScheduledEventAttributes": {"activityId": "1", "activityType": {"name": "greet"}}}
]})";

TEST(RecordedEvent, HasIdTypeAndActivity) {
    const auto events = recorded_events(History::from_json(kHistory));

    ASSERT_THAT(events, SizeIs(2));
    EXPECT_EQ(events[0].id, 1);
    EXPECT_EQ(events[0].type, "WorkflowExecutionStarted");
    EXPECT_EQ(events[0].activity_type, "");
    EXPECT_EQ(events[1].id, 5);
    EXPECT_EQ(events[1].type, "ActivityTaskScheduled");
    EXPECT_EQ(events[1].activity_type, "greet");
}

TEST(RecordedEvent, AHistoryWithoutItsStartIsRefused) {
    const auto history = History::from_json(
        R"({"events": [{"eventId": "2", "eventType": "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED"}]})"
    );

    try {
        static_cast<void>(recorded_events(history));
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("no WorkflowExecutionStarted"));
    }
}

TEST(RecordedEvent, TypesAreShortened) {
    EXPECT_EQ(short_event_type("EVENT_TYPE_TIMER_STARTED"), "TimerStarted");
    EXPECT_EQ(short_event_type(""), "");
}

}  // namespace
}  // namespace temporal::testing
