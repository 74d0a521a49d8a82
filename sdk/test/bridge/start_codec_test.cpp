#include "bridge/start_codec.hpp"

#include "temporal/converter.hpp"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

namespace temporal::bridge {
namespace {

using namespace std::chrono_literals;
namespace enums = api::enums::v1;
using Request = api::workflowservice::v1::StartWorkflowExecutionRequest;

TEST(StartCodec, WritesEveryOption) {
    StartOptions options{.id = "job-1", .task_queue = "inference-normal"};
    options.id_reuse_policy = WorkflowIdReusePolicy::kRejectDuplicate;
    options.id_conflict_policy = WorkflowIdConflictPolicy::kUseExisting;
    options.execution_timeout = 60s;
    options.run_timeout = 50s;
    options.task_timeout = 5s;
    options.retry = RetryPolicy{.maximum_attempts = 2};
    options.priority = {.key = 2, .fairness_key = "acme", .fairness_weight = 3};
    options.memo = {{"m", to_payload(1)}};
    options.search_attributes.set(KeywordKey{"Model"}, "digits");
    options.headers = {{"h", to_payload(2)}};
    options.start_delay = 3s;
    options.request_eager_start = true;
    options.summary = "a job";
    options.details = "**a** job";
    Request expected;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"(
        workflow_id: "job-1" workflow_type { name: "InferenceWorkflow" } task_queue { name: "inference-normal" }
        input { payloads { metadata { key: "encoding" value: "json/plain" } data: "7" } }
        workflow_id_reuse_policy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
        workflow_id_conflict_policy: WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
        workflow_execution_timeout { seconds: 60 } workflow_run_timeout { seconds: 50 } workflow_task_timeout { seconds: 5 }
        retry_policy { initial_interval { seconds: 1 } backoff_coefficient: 2 maximum_attempts: 2 }
        priority { priority_key: 2 fairness_key: "acme" fairness_weight: 3 }
        memo { fields { key: "m" value { metadata { key: "encoding" value: "json/plain" } data: "1" } } }
        search_attributes {
            indexed_fields {
                key: "Model"
                value {
                    metadata { key: "encoding" value: "json/plain" } metadata { key: "type" value: "Keyword" }
                    data: "\"digits\""
                }
            }
        }
        header { fields { key: "h" value { metadata { key: "encoding" value: "json/plain" } data: "2" } } }
        workflow_start_delay { seconds: 3 } request_eager_execution: true
        user_metadata {
            summary { metadata { key: "encoding" value: "json/plain" } data: "\"a job\"" }
            details { metadata { key: "encoding" value: "json/plain" } data: "\"**a** job\"" }
        })",
        &expected
    ));
    Request written;

    encode_start("InferenceWorkflow", to_payloads(7), options, written);

    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(written, expected))
        << written.DebugString();
}

TEST(StartCodec, SaysWhatIsNotSetByLeavingItOut) {
    Request written;

    encode_start("W", {}, {.id = "w", .task_queue = "q"}, written);

    EXPECT_FALSE(written.has_input());
    EXPECT_FALSE(written.has_workflow_execution_timeout());
    EXPECT_FALSE(written.has_retry_policy());
    EXPECT_FALSE(written.has_priority());
    EXPECT_FALSE(written.has_memo());
    EXPECT_FALSE(written.has_search_attributes());
    EXPECT_FALSE(written.has_user_metadata());
    EXPECT_EQ(written.workflow_id_reuse_policy(), enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE);
    EXPECT_EQ(written.workflow_id_conflict_policy(), enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL);
}

}  // namespace
}  // namespace temporal::bridge
