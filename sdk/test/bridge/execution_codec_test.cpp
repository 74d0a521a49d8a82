#include "bridge/execution_codec.hpp"

#include "temporal/converter.hpp"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>

namespace temporal::bridge {
namespace {

using namespace std::chrono_literals;

template <class Message>
Message parse(const char* text) {
    Message message;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
    return message;
}

TimePoint at(std::chrono::seconds since_epoch) {
    return TimePoint{since_epoch};
}

TEST(ExecutionCodec, ReadsAWorkflowWithItsPendingWork) {
    auto message = parse<api::workflowservice::v1::DescribeWorkflowExecutionResponse>(R"(
        execution_config {
            workflow_execution_timeout { seconds: 60 } workflow_run_timeout { seconds: 0 }
            user_metadata {
                summary { metadata { key: "encoding" value: "json/plain" } data: "\"a job\"" }
                details { metadata { key: "encoding" value: "json/plain" } data: "\"**a** job\"" }
            }
        }
        workflow_execution_info {
            execution { workflow_id: "job-1" run_id: "run-1" } type { name: "InferenceWorkflow" }
            start_time { seconds: 100 } execution_time { seconds: 110 } status: WORKFLOW_EXECUTION_STATUS_RUNNING
            history_length: 9 parent_execution { workflow_id: "parent" } task_queue: "inference-normal"
            first_run_id: "run-0"
            memo { fields { key: "m" value { metadata { key: "encoding" value: "json/plain" } data: "1" } } }
            search_attributes {
                indexed_fields { key: "Model" value { metadata { key: "encoding" value: "json/plain" } data: "\"digits\"" } }
            }
        }
        pending_activities {
            activity_id: "5" activity_type { name: "infer" } state: PENDING_ACTIVITY_STATE_SCHEDULED attempt: 2
            maximum_attempts: 3 last_worker_identity: "w-1" scheduled_time { seconds: 120 }
            last_started_time { seconds: 121 } next_attempt_schedule_time { seconds: 130 }
            heartbeat_details { payloads { metadata { key: "encoding" value: "json/plain" } data: "4" } }
            last_failure { message: "503" application_failure_info { type: "Transient" } }
        }
        pending_workflow_task {
            state: PENDING_WORKFLOW_TASK_STATE_STARTED attempt: 4 scheduled_time { seconds: 140 } started_time { seconds: 141 }
        })");

    const WorkflowDescription read = take_description(message);

    EXPECT_EQ(read.execution.workflow_id, "job-1");
    EXPECT_EQ(read.execution.run_id, "run-1");
    EXPECT_EQ(read.execution.workflow_type, "InferenceWorkflow");
    EXPECT_EQ(read.execution.task_queue, "inference-normal");
    EXPECT_EQ(read.execution.status, WorkflowStatus::kRunning);
    EXPECT_EQ(read.execution.start_time, at(100s));
    EXPECT_EQ(read.execution.execution_time, at(110s));
    EXPECT_EQ(read.execution.close_time, std::nullopt);
    EXPECT_EQ(read.execution.history_length, 9);
    EXPECT_EQ(read.execution.parent_workflow_id, "parent");
    EXPECT_EQ(read.execution.first_run_id, "run-0");
    EXPECT_EQ(read.execution.memo.at("m"), to_payload(1));
    EXPECT_EQ(read.execution.search_attributes.get(KeywordKey{"Model"}), "digits");
    EXPECT_EQ(read.summary, "a job");
    EXPECT_EQ(read.details, "**a** job");
    EXPECT_EQ(read.execution_timeout, 60s);
    EXPECT_EQ(read.run_timeout, std::nullopt);
    ASSERT_EQ(read.pending_activities.size(), 1U);
    const PendingActivity& activity = read.pending_activities[0];
    EXPECT_EQ(activity.activity_id, "5");
    EXPECT_EQ(activity.activity_type, "infer");
    EXPECT_EQ(activity.state, PendingActivityState::kScheduled);
    EXPECT_EQ(activity.attempt, 2);
    EXPECT_EQ(activity.maximum_attempts, 3);
    EXPECT_EQ(activity.last_worker_identity, "w-1");
    EXPECT_EQ(activity.scheduled_time, at(120s));
    EXPECT_EQ(activity.last_started_time, at(121s));
    EXPECT_EQ(activity.last_heartbeat_time, std::nullopt);
    EXPECT_EQ(activity.next_attempt_time, at(130s));
    EXPECT_EQ(activity.heartbeat_details, to_payloads(4));
    EXPECT_STREQ(activity.last_failure->what(), "503");
    ASSERT_TRUE(read.pending_workflow_task);
    EXPECT_TRUE(read.pending_workflow_task->started);
    EXPECT_EQ(read.pending_workflow_task->attempt, 4);
    EXPECT_EQ(read.pending_workflow_task->scheduled_time, at(140s));
}

TEST(ExecutionCodec, AnUnreadableSummaryIsLeftOut) {
    auto message = parse<api::workflowservice::v1::DescribeWorkflowExecutionResponse>(R"(
        execution_config { user_metadata { summary { metadata { key: "encoding" value: "binary/encrypted" } data: "x" } } })"
    );

    const WorkflowDescription read = take_description(message);

    EXPECT_EQ(read.summary, "");
    EXPECT_FALSE(read.pending_workflow_task);
}

TEST(ExecutionCodec, EveryStatusHasTheServersNumberAndItsName) {
    const auto& values = *api::enums::v1::WorkflowExecutionStatus_descriptor();
    for (int i = 1; i < values.value_count(); ++i) {
        api::workflow::v1::WorkflowExecutionInfo message;
        message.set_status(
            static_cast<api::enums::v1::WorkflowExecutionStatus>(values.value(i)->number())
        );
        const auto name = to_string(take_execution(message).status);
        std::string upper = "WORKFLOW_EXECUTION_STATUS";
        for (const char letter : name) {
            upper += std::isupper(static_cast<unsigned char>(letter)) != 0 ? "_" : "";
            upper += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        }
        EXPECT_EQ(upper, values.value(i)->name());
    }
    api::workflow::v1::WorkflowExecutionInfo newer;
    newer.set_status(static_cast<api::enums::v1::WorkflowExecutionStatus>(99));
    EXPECT_EQ(take_execution(newer).status, WorkflowStatus::kUnknown);
}

TEST(ExecutionCodec, ReadsAQueueWithItsPollersAndItsBacklog) {
    auto message = parse<api::workflowservice::v1::DescribeTaskQueueResponse>(R"(
        pollers { identity: "w-1" last_access_time { seconds: 100 } }
        stats {
            approximate_backlog_count: 5 approximate_backlog_age { seconds: 7 } tasks_add_rate: 1.5 tasks_dispatch_rate: 2.5
        })");

    const TaskQueueDescription read = take_task_queue(message);

    ASSERT_EQ(read.pollers.size(), 1U);
    EXPECT_EQ(read.pollers[0].identity, "w-1");
    EXPECT_EQ(read.pollers[0].last_access_time, at(100s));
    EXPECT_EQ(read.backlog, 5);
    EXPECT_EQ(read.backlog_age, 7s);
    EXPECT_EQ(read.tasks_added_per_second, 1.5);
    EXPECT_EQ(read.tasks_dispatched_per_second, 2.5);
}

TEST(ExecutionCodec, ReadsANamespace) {
    auto message = parse<api::workflowservice::v1::DescribeNamespaceResponse>(R"(
        namespace_info { name: "prod" state: NAMESPACE_STATE_REGISTERED description: "of the team" }
        config { workflow_execution_retention_ttl { seconds: 86400 } })");

    const NamespaceDescription read = take_namespace(message);

    EXPECT_EQ(read.name, "prod");
    EXPECT_EQ(read.state, NamespaceState::kRegistered);
    EXPECT_EQ(read.description, "of the team");
    EXPECT_EQ(read.retention, 24h);
}

}  // namespace
}  // namespace temporal::bridge
