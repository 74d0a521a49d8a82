#include "bridge/command_codec.hpp"

#include "temporal/converter.hpp"
#include "temporal/search_attributes.hpp"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace temporal::bridge {
namespace {

using namespace std::chrono_literals;
using coresdk::workflow_commands::WorkflowCommand;

struct Case {
    const char* name;
    workflows::Command command;
    const char* message;
};

FailurePtr failure() {
    return std::make_shared<const TerminatedFailure>("why");
}

std::vector<Case> cases() {
    workflows::ScheduleActivity everything;
    everything.seq = 3;
    everything.activity_id = "a-3";
    everything.activity_type = "infer";
    everything.task_queue = "gpu";
    everything.arguments = to_payloads(1);
    everything.headers = {{"h", to_payload(2)}};
    everything.schedule_to_close = 4s;
    everything.schedule_to_start = 3s;
    everything.start_to_close = 2s;
    everything.heartbeat = 1s;
    everything.retry_policy = workflows::OwnedRetryPolicy{
        .initial_interval = 1s,
        .maximum_interval = 9s,
        .maximum_attempts = 3,
        .non_retryable_error_types = {"Fatal"}
    };
    everything.priority = {.key = 4, .fairness_key = "acme", .fairness_weight = 2};
    everything.cancellation_type = ActivityCancellationType::kAbandon;
    everything.do_not_eagerly_execute = true;
    everything.summary = "try 1";
    workflows::ScheduleActivity bare;
    bare.seq = 1;
    bare.activity_type = "infer";
    bare.start_to_close = 2s;
    bare.cancellation_type = ActivityCancellationType::kWaitCancellationCompleted;

    workflows::ScheduleLocalActivity local;
    local.seq = 4;
    local.activity_id = "4";
    local.activity_type = "check";
    local.attempt = 3;
    local.original_schedule_time = std::chrono::system_clock::time_point{100s};
    local.arguments = to_payloads(1);
    local.schedule_to_close = 4s;
    local.schedule_to_start = 3s;
    local.start_to_close = 2s;
    local.retry_policy = workflows::OwnedRetryPolicy{
        .initial_interval = 1s, .maximum_attempts = 3, .non_retryable_error_types = {}
    };
    local.local_retry_threshold = 9s;

    return {
        {"timer", workflows::StartTimer{.seq = 1, .duration = 1500ms, .summary = "pause"}, R"(
            start_timer { seq: 1 start_to_fire_timeout { seconds: 1 nanos: 500000000 } }
            user_metadata { summary { metadata { key: "encoding" value: "json/plain" } data: "\"pause\"" } })"
        },
        {"cancel timer", workflows::CancelTimer{.seq = 1}, "cancel_timer { seq: 1 }"},
        {"activity with everything", everything, R"(
            schedule_activity {
                seq: 3 activity_id: "a-3" activity_type: "infer" task_queue: "gpu"
                headers { key: "h" value { metadata { key: "encoding" value: "json/plain" } data: "2" } }
                arguments { metadata { key: "encoding" value: "json/plain" } data: "1" }
                schedule_to_close_timeout { seconds: 4 } schedule_to_start_timeout { seconds: 3 }
                start_to_close_timeout { seconds: 2 } heartbeat_timeout { seconds: 1 }
                retry_policy {
                    initial_interval { seconds: 1 } backoff_coefficient: 2 maximum_interval { seconds: 9 }
                    maximum_attempts: 3 non_retryable_error_types: "Fatal"
                }
                priority { priority_key: 4 fairness_key: "acme" fairness_weight: 2 }
                cancellation_type: ABANDON do_not_eagerly_execute: true
            }
            user_metadata { summary { metadata { key: "encoding" value: "json/plain" } data: "\"try 1\"" } })"
        },
        {"activity with the least", bare, R"(
            schedule_activity {
                seq: 1 activity_type: "infer" start_to_close_timeout { seconds: 2 }
                cancellation_type: WAIT_CANCELLATION_COMPLETED
            })"},
        {"local activity", local, R"(
            schedule_local_activity {
                seq: 4 activity_id: "4" activity_type: "check" attempt: 3
                original_schedule_time { seconds: 100 }
                arguments { metadata { key: "encoding" value: "json/plain" } data: "1" }
                schedule_to_close_timeout { seconds: 4 } schedule_to_start_timeout { seconds: 3 }
                start_to_close_timeout { seconds: 2 }
                retry_policy { initial_interval { seconds: 1 } backoff_coefficient: 2 maximum_attempts: 3 }
                local_retry_threshold { seconds: 9 }
                cancellation_type: WAIT_CANCELLATION_COMPLETED
            })"},
        {"cancel local activity",
         workflows::RequestCancelLocalActivity{.seq = 4},
         "request_cancel_local_activity { seq: 4 }"},
        {"patch",
         workflows::SetPatchMarker{.patch_id = "p"},
         R"(set_patch_marker { patch_id: "p" })"},
        {"deprecated patch",
         workflows::SetPatchMarker{.patch_id = "p", .deprecated = true},
         R"(set_patch_marker { patch_id: "p" deprecated: true })"},
        {"upsert search attributes",
         workflows::UpsertSearchAttributes{
             .fields = SearchAttributes().set(IntKey{"Done"}, 2).unset(KeywordKey{"Stage"}).fields()
         },
         R"(
            upsert_workflow_search_attributes { search_attributes {
                indexed_fields { key: "Done" value {
                    metadata { key: "encoding" value: "json/plain" } metadata { key: "type" value: "Int" } data: "2"
                } }
                indexed_fields { key: "Stage" value { metadata { key: "encoding" value: "binary/null" } } }
            } })"},
        {"upsert memo", workflows::UpsertMemo{.fields = {{"m", to_payload(2)}}}, R"(
            modify_workflow_properties { upserted_memo {
                fields { key: "m" value { metadata { key: "encoding" value: "json/plain" } data: "2" } }
            } })"},
        {"cancel activity",
         workflows::RequestCancelActivity{.seq = 3},
         "request_cancel_activity { seq: 3 }"},
        {"answered query", workflows::RespondToQuery{.query_id = "q", .result = to_payload(5)}, R"(
            respond_to_query {
                query_id: "q" succeeded { response { metadata { key: "encoding" value: "json/plain" } data: "5" } }
            })"},
        {"failed query", workflows::RespondToQuery{.query_id = "q", .result = failure()}, R"(
            respond_to_query { query_id: "q" failed { message: "why" source: "CppSDK" terminated_failure_info {} } })"
        },
        {"accept update",
         workflows::AcceptUpdate{.protocol_instance_id = "u/1"},
         R"(update_response { protocol_instance_id: "u/1" accepted {} })"},
        {"reject update",
         workflows::RejectUpdate{.protocol_instance_id = "u/1", .failure = failure()},
         R"(
            update_response {
                protocol_instance_id: "u/1" rejected { message: "why" source: "CppSDK" terminated_failure_info {} }
            })"},
        {"complete update",
         workflows::CompleteUpdate{.protocol_instance_id = "u/1", .result = to_payload(5)},
         R"(
            update_response {
                protocol_instance_id: "u/1" completed { metadata { key: "encoding" value: "json/plain" } data: "5" }
            })"},
        {"complete", workflows::CompleteWorkflowExecution{.result = to_payload(true)}, R"(
            complete_workflow_execution { result { metadata { key: "encoding" value: "json/plain" } data: "true" } })"
        },
        {"fail", workflows::FailWorkflowExecution{.failure = failure()}, R"(
            fail_workflow_execution { failure { message: "why" source: "CppSDK" terminated_failure_info {} } })"
        },
        {"cancel", workflows::CancelWorkflowExecution{}, "cancel_workflow_execution {}"},
        {"cancel with details", workflows::CancelWorkflowExecution{.details = to_payloads(1)}, R"(
            cancel_workflow_execution {
                details { payloads { metadata { key: "encoding" value: "json/plain" } data: "1" } }
            })"},
        {"continue as new",
         workflows::ContinueAsNewWorkflowExecution{
             .workflow_type = "Chat",
             .task_queue = "chat",
             .arguments = to_payloads(1),
             .run_timeout = 60s,
             .task_timeout = 10s,
             .memo = {{"m", to_payload(2)}},
             .search_attributes = PayloadMap{{"Done", to_payload(3)}},
         },
         R"(
            continue_as_new_workflow_execution {
                workflow_type: "Chat" task_queue: "chat"
                arguments { metadata { key: "encoding" value: "json/plain" } data: "1" }
                workflow_run_timeout { seconds: 60 } workflow_task_timeout { seconds: 10 }
                memo { key: "m" value { metadata { key: "encoding" value: "json/plain" } data: "2" } }
                search_attributes {
                    indexed_fields { key: "Done" value { metadata { key: "encoding" value: "json/plain" } data: "3" } }
                }
            })"},
    };
}

TEST(CommandCodec, WritesEveryCommandWithAllItsFields) {
    std::vector<bool> seen(std::variant_size_v<workflows::Command>, false);
    for (const Case& test : cases()) {
        WorkflowCommand expected;
        ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(test.message, &expected))
            << test.name;
        WorkflowCommand written;

        encode_command(test.command, written);

        EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(written, expected))
            << test.name << "\n"
            << written.DebugString();
        seen.at(test.command.index()) = true;
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), false), 0) << "a command has no case here";
}

TEST(CommandCodec, TryCancelIsTheDefaultThatCoreHasToo) {
    WorkflowCommand written;

    encode_command(workflows::ScheduleActivity{}, written);

    EXPECT_EQ(
        written.schedule_activity().cancellation_type(), coresdk::workflow_commands::TRY_CANCEL
    );
}

}  // namespace
}  // namespace temporal::bridge
