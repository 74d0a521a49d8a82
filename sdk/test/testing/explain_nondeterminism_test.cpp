#include "testing/explain_nondeterminism.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace temporal::testing {
namespace {

using Kind = ReplayFailure::Kind;

const std::vector<RecordedEvent>& events() {
    static const std::vector<RecordedEvent> kEvents{
        {1, "WorkflowExecutionStarted", ""},
        {2, "WorkflowTaskScheduled", ""},
        {3, "WorkflowTaskStarted", ""},
        {4, "WorkflowTaskCompleted", ""},
        {5, "ActivityTaskScheduled", "infer"},
        {6, "ActivityTaskStarted", ""},
        {7, "ActivityTaskCompleted", ""},
        {8, "WorkflowTaskScheduled", ""},
        {9, "WorkflowTaskStarted", ""},
        {10, "WorkflowTaskCompleted", ""},
        {11, "ActivityTaskScheduled", "infer"},
        {15, "TimerStarted", ""},
        {20, "WorkflowExecutionCompleted", ""},
    };
    return kEvents;
}

ReplayFailure explain(const std::string& message, std::int64_t history_length = 3) {
    return explain_nondeterminism(
        "[TMPRL1100] Nondeterminism error: " + message, events(), history_length
    );
}

TEST(ExplainNondeterminism, AnActivityThatTheHistoryDoesNotHave) {
    const ReplayFailure failure = explain(
        "Activity machine does not handle this event: HistoryEvent(id: 20, "
        "WorkflowExecutionCompleted)"
    );

    EXPECT_EQ(failure.kind, Kind::kNondeterminism);
    EXPECT_EQ(failure.event_id, 20);
    EXPECT_EQ(failure.event_type, "WorkflowExecutionCompleted");
    EXPECT_EQ(failure.expected, "the workflow's completion");
    EXPECT_EQ(failure.found, "an activity");
    EXPECT_EQ(
        failure.message,
        "the code no longer fits the history: at event 20 (WorkflowExecutionCompleted) the history "
        "has the workflow's completion, but the code asks for an activity"
    );
}

TEST(ExplainNondeterminism, AnActivityOfAnotherType) {
    const ReplayFailure failure = explain(
        "Activity type of scheduled event 'infer' does not match activity type of activity command "
        "'preprocess'"
    );

    EXPECT_EQ(failure.event_id, 5);
    EXPECT_EQ(failure.event_type, "ActivityTaskScheduled");
    EXPECT_EQ(failure.expected, "activity 'infer'");
    EXPECT_EQ(failure.found, "activity 'preprocess'");
}

TEST(ExplainNondeterminism, AnActivityOfAnotherTypeIsSoughtAfterWhatWasReplayed) {
    const ReplayFailure failure = explain(
        "Activity type of scheduled event 'infer' does not match activity type of activity command "
        "'postprocess'",
        9
    );

    EXPECT_EQ(failure.event_id, 11);
}

TEST(ExplainNondeterminism, AnActivityWithAnotherId) {
    const ReplayFailure failure = explain(
        "Activity id of scheduled event '1' does not match activity id of activity command '2'"
    );

    EXPECT_EQ(failure.event_id, 5);
    EXPECT_EQ(failure.expected, "an activity with id '1'");
    EXPECT_EQ(failure.found, "an activity with id '2'");
}

TEST(ExplainNondeterminism, ATimerWhereTheHistoryHasAnActivity) {
    const ReplayFailure failure = explain(
        "Timer machine does not handle this event: HistoryEvent(id: 5, ActivityTaskScheduled)"
    );

    EXPECT_EQ(failure.expected, "activity 'infer'");
    EXPECT_EQ(failure.found, "a timer");
}

TEST(ExplainNondeterminism, CodeThatIsDoneTooEarly) {
    const ReplayFailure failure = explain(
        "Complete workflow machine does not handle this event: HistoryEvent(id: 15, TimerStarted)"
    );

    EXPECT_EQ(failure.expected, "a timer");
    EXPECT_EQ(failure.found, "the workflow's completion");
}

TEST(ExplainNondeterminism, AnUpsertWhereTheHistoryHasATimer) {
    for (const auto& [machine, found] :
         {std::pair{"UpsertWorkflowSearchAttributesMachine", "an upsert of search attributes"},
          std::pair{"ModifyWorkflowPropertiesMachine", "an upsert of the memo"}}) {
        const ReplayFailure failure =
            explain(std::string(machine) + " does not handle HistoryEvent(id: 15, TimerStarted)");

        EXPECT_EQ(failure.expected, "a timer");
        EXPECT_EQ(failure.found, found);
    }
}

TEST(ExplainNondeterminism, CodeThatAsksForNothing) {
    const ReplayFailure failure =
        explain("No command scheduled for event HistoryEvent(id: 15, TimerStarted)");

    EXPECT_EQ(failure.event_id, 15);
    EXPECT_EQ(failure.expected, "a timer");
    EXPECT_EQ(failure.found, "nothing");
}

TEST(ExplainNondeterminism, AnEventThatIsNotInTheHistoryIsNamedAsCoreNamesIt) {
    const ReplayFailure failure =
        explain("No command scheduled for event HistoryEvent(id: 99, MarkerRecorded)");

    EXPECT_EQ(failure.event_id, 99);
    EXPECT_EQ(failure.expected, "MarkerRecorded");
}

TEST(ExplainNondeterminism, AMessageOfAnotherFormIsKept) {
    const ReplayFailure failure = explain("Change id a does not match expected id b");

    EXPECT_EQ(failure.event_id, std::nullopt);
    EXPECT_EQ(
        failure.message,
        "[TMPRL1100] Nondeterminism error: Change id a does not match expected id b"
    );
    EXPECT_EQ(failure.core_message, failure.message);
}

TEST(ExplainNondeterminism, CoresOwnWordsAreKept) {
    const ReplayFailure failure =
        explain("No command scheduled for event HistoryEvent(id: 15, TimerStarted)");

    EXPECT_EQ(
        failure.core_message,
        "[TMPRL1100] Nondeterminism error: No command scheduled for event HistoryEvent(id: 15, "
        "TimerStarted)"
    );
}

}  // namespace
}  // namespace temporal::testing
